using System.Data.Common;
using ClusterClient;
using ClusterClient.Data;
using ClusterClient.EntityFrameworkCore;
using ClusterClient.EntityFrameworkCore.Options;
using ClusterClient.EntityFrameworkCore.Saving;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Makes a context's database a cluster.</summary>
public static class ClusterDbContextOptionsBuilderExtensions
{
    private static readonly Func<ExecutionStrategyDependencies, IExecutionStrategy> NewStrategy = static d => new ClusterExecutionStrategy(d);

    /// <summary>
    /// Adds to a context whose provider was given a <see cref="ClusterDataSource"/>, as in <c>options.UseNpgsql(cluster).UseCluster()</c>: queries on
    /// replicas, where they ask for it; retries and commits that are found out; migrations, and creating and deleting the database.
    /// </summary>
    /// <param name="options">The context's, with its provider.</param>
    /// <param name="configure">What it is to do beside that.</param>
    /// <exception cref="InvalidOperationException">There is no relational provider yet, or what it was given is no cluster.</exception>
    public static DbContextOptionsBuilder UseCluster(this DbContextOptionsBuilder options, Action<ClusterDbContextOptionsBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = new ClusterDbContextOptionsBuilder(options.Options.FindExtension<ClusterOptionsExtension>() ?? new());
        configure?.Invoke(builder);
        var provider = ProviderOf(options.Options);
        var infrastructure = (IDbContextOptionsBuilderInfrastructure)options;
        if (provider.ExecutionStrategyFactory is null || provider.ExecutionStrategyFactory == NewStrategy)
        {
            provider = provider.WithExecutionStrategyFactory(builder.Options.Retries ? NewStrategy : null!);
            infrastructure.AddOrUpdateExtension(provider);
        }

        infrastructure.AddOrUpdateExtension(builder.Options with { SavesInTransactions = provider.ExecutionStrategyFactory == NewStrategy });
        return options;
    }

    /// <inheritdoc cref="UseCluster(DbContextOptionsBuilder, Action{ClusterDbContextOptionsBuilder}?)"/>
    public static DbContextOptionsBuilder<TContext> UseCluster<TContext>(
        this DbContextOptionsBuilder<TContext> options, Action<ClusterDbContextOptionsBuilder>? configure = null)
        where TContext : DbContext =>
        (DbContextOptionsBuilder<TContext>)((DbContextOptionsBuilder)options).UseCluster(configure);

    /// <summary>
    /// Makes a context's database a cluster of the container's, as in
    /// <c>services.AddDbContextPool&lt;Orders&gt;((sp, o) => o.UseCluster(sp, "orders", (o, cluster) => o.UseNpgsql(cluster)))</c>.
    /// </summary>
    /// <param name="options">The context's.</param>
    /// <param name="services">The container.</param>
    /// <param name="name">The key of the <see cref="ClusterDataSource"/>.</param>
    /// <param name="useProvider">Gives the provider the data source.</param>
    /// <param name="configure">What the context is to do beside that.</param>
    /// <exception cref="InvalidOperationException">There is no such cluster, or <paramref name="useProvider"/> did not use it.</exception>
    public static DbContextOptionsBuilder UseCluster(
        this DbContextOptionsBuilder options,
        IServiceProvider services,
        string name,
        Action<DbContextOptionsBuilder, DbDataSource> useProvider,
        Action<ClusterDbContextOptionsBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(useProvider);
        var cluster = services.GetKeyedService<ClusterDataSource>(name)
            ?? throw new InvalidOperationException(
                $"There is no cluster '{name}' among the services; register it with services.AddClusterDataSource(\"{name}\", …).");
        useProvider(options, cluster);
        return options.UseCluster(configure);
    }

    private static RelationalOptionsExtension ProviderOf(DbContextOptions options)
    {
        var provider = options.Extensions.OfType<RelationalOptionsExtension>().SingleOrDefault()
            ?? throw new InvalidOperationException(
                "UseCluster adds to a relational provider, which comes before it: options.UseNpgsql(cluster).UseCluster().");
        return provider.ConnectionString is not null
            ? throw new InvalidOperationException(
                "UseCluster adds to a provider that was given a ClusterDataSource, and this one has a connection string: options.UseNpgsql(cluster).UseCluster().")
            : provider.Connection is not (null or ClusterConnection)
            ? throw new InvalidOperationException(
                $"UseCluster adds to a provider that was given a ClusterDataSource, and this one has a {provider.Connection.GetType().FullName}; give it a connection of the cluster's Auto.")
            : provider;
    }
}
