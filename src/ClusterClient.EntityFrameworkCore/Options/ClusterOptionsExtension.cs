using ClusterClient.EntityFrameworkCore.Querying;
using ClusterClient.EntityFrameworkCore.Saving;
using ClusterClient.EntityFrameworkCore.Schema;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ClusterClient.EntityFrameworkCore.Options;

/// <summary>The context's services that are this library's, behind those of its provider. Immutable.</summary>
internal sealed record ClusterOptionsExtension : IDbContextOptionsExtension
{
    private ClusterOptionsExtensionInfo? _info;

    public bool RoutesNoTracking { get; init; }

    public bool Retries { get; init; } = true;

    /// <summary>Whether the execution strategy is this library's.</summary>
    public bool SavesInTransactions { get; init; }

    /// <inheritdoc/>
    public DbContextOptionsExtensionInfo Info => ReferenceEquals(_info?.Extension, this) ? _info : _info = new(this);

    /// <inheritdoc/>
    public void ApplyServices(IServiceCollection services)
    {
        services.AddSingleton<SchemaFlow>();
        services.AddScoped<SchemaChange>();
        Decorate<IMigrator>(services, static (migrator, change) => new ClusterMigrator(migrator, change));
        Decorate<IRelationalDatabaseCreator>(services, static (creator, change) => new ClusterDatabaseCreator(creator, change));
        services.AddSingleton<IInterceptor, ConnectionRouter>();
        services.AddSingleton<IInterceptor, CommandRouter>();
        services.AddSingleton<IInterceptor, TransactionWatch>();
        if (SavesInTransactions)
        {
            services.AddSingleton<IInterceptor, SavesInTransactions>();
        }

        if (RoutesNoTracking)
        {
            services.AddSingleton<ISingletonInterceptor, NoTrackingRouter>();
        }
    }

    /// <inheritdoc/>
    public void Validate(IDbContextOptions options)
    {
    }

    private static void Decorate<TService>(IServiceCollection services, Func<TService, SchemaChange, TService> decorate)
        where TService : class
    {
        // The provider's extension comes before this one.
        var inner = services.Last(s => s.ServiceType == typeof(TService));
        services.Remove(inner);
        services.Add(new(
            typeof(TService),
            s => decorate(
                (TService)(inner.ImplementationFactory?.Invoke(s) ?? ActivatorUtilities.CreateInstance(s, inner.ImplementationType!)),
                s.GetRequiredService<SchemaChange>()),
            inner.Lifetime));
    }
}
