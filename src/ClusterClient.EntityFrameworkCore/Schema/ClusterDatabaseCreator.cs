using Microsoft.EntityFrameworkCore.Storage;

namespace ClusterClient.EntityFrameworkCore.Schema;

/// <summary>The provider's database creator, run on the primary.</summary>
internal sealed class ClusterDatabaseCreator(IRelationalDatabaseCreator inner, SchemaChange change) : IRelationalDatabaseCreator
{
    /// <inheritdoc/>
    public bool EnsureCreated() => change.Run(inner.EnsureCreated);

    /// <inheritdoc/>
    public Task<bool> EnsureCreatedAsync(CancellationToken cancellationToken = default) =>
        change.RunAsync(() => inner.EnsureCreatedAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public bool EnsureDeleted() => change.RunDrop(inner.EnsureDeleted);

    /// <inheritdoc/>
    public Task<bool> EnsureDeletedAsync(CancellationToken cancellationToken = default) =>
        change.RunDropAsync(() => inner.EnsureDeletedAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Create() => change.Run(() => Done(inner.Create));

    /// <inheritdoc/>
    public Task CreateAsync(CancellationToken cancellationToken = default) =>
        change.RunAsync(() => DoneAsync(inner.CreateAsync(cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public void Delete() => change.RunDrop(() => Done(inner.Delete));

    /// <inheritdoc/>
    public Task DeleteAsync(CancellationToken cancellationToken = default) =>
        change.RunDropAsync(() => DoneAsync(inner.DeleteAsync(cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public void CreateTables() => change.Run(() => Done(inner.CreateTables));

    /// <inheritdoc/>
    public Task CreateTablesAsync(CancellationToken cancellationToken = default) =>
        change.RunAsync(() => DoneAsync(inner.CreateTablesAsync(cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public bool CanConnect() => inner.CanConnect();

    /// <inheritdoc/>
    public Task<bool> CanConnectAsync(CancellationToken cancellationToken = default) => inner.CanConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public bool Exists() => inner.Exists();

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(CancellationToken cancellationToken = default) => inner.ExistsAsync(cancellationToken);

    /// <inheritdoc/>
    public bool HasTables() => inner.HasTables();

    /// <inheritdoc/>
    public Task<bool> HasTablesAsync(CancellationToken cancellationToken = default) => inner.HasTablesAsync(cancellationToken);

    /// <inheritdoc/>
    public string GenerateCreateScript() => inner.GenerateCreateScript();

    private static bool Done(Action change)
    {
        change();
        return true;
    }

    private static async Task<bool> DoneAsync(Task change)
    {
        await change.ConfigureAwait(false);
        return true;
    }
}
