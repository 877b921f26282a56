using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ClusterClient.EntityFrameworkCore.Schema;

/// <summary>The provider's migrator, run on the primary.</summary>
internal sealed class ClusterMigrator(IMigrator inner, SchemaChange change) : IMigrator
{
    private const string Trimming = "Migration generation currently isn't compatible with trimming";
    private const string Aot = "Migrations operations are not supported with NativeAOT";

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Trimming), RequiresDynamicCode(Aot)]
    public void Migrate(string? targetMigration = null) => change.Run(() =>
    {
        inner.Migrate(targetMigration);
        return true;
    });

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Trimming), RequiresDynamicCode(Aot)]
    public Task MigrateAsync(string? targetMigration = null, CancellationToken cancellationToken = default) => change.RunAsync(
        async () =>
        {
            await inner.MigrateAsync(targetMigration, cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Trimming), RequiresDynamicCode(Aot)]
    public string GenerateScript(
        string? fromMigration = null, string? toMigration = null, MigrationsSqlGenerationOptions options = MigrationsSqlGenerationOptions.Default) =>
        inner.GenerateScript(fromMigration, toMigration, options);

    /// <inheritdoc/>
    [RequiresDynamicCode(Aot)]
    public bool HasPendingModelChanges() => inner.HasPendingModelChanges();
}
