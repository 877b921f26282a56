using ClusterClient.Npgsql;
using Npgsql;
using DapperFriendlyConnection = ClusterClient.Npgsql.NamedForDapper.NpgsqlConnection;

namespace ClusterClient;

/// <summary>Makes a cluster's nodes PostgreSQL servers that are reached through Npgsql.</summary>
public static class NpgsqlBuilderExtensions
{
    /// <summary>Reaches every node through Npgsql.</summary>
    /// <param name="builder">The cluster that is being built.</param>
    /// <param name="connectionString">
    /// Npgsql's connection string without hosts: those are the nodes. Everything else in it (pool sizes, timeouts, TLS, …) holds for
    /// each node on its own.
    /// </param>
    /// <param name="configure">
    /// Changes each node's own <see cref="NpgsqlDataSourceBuilder"/>: type mappings, certificates, a password provider, … It runs
    /// once when the cluster is built and then twice for each node: for the application's connections and for the monitor's.
    /// </param>
    public static ClusterDataSourceBuilder UseNpgsql(
        this ClusterDataSourceBuilder builder, string connectionString, Action<NpgsqlDataSourceBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connectionString);
        return builder.UseDriver(
            () => new NpgsqlDriver(connectionString, configure),
            static origin => new DapperFriendlyConnection(origin));
    }

    /// <summary>
    /// Reaches every node through Npgsql, by the connection string that is configured for a cluster in a container: as <c>ConnectionString</c> in
    /// its section, or under its name among the <c>ConnectionStrings</c>.
    /// </summary>
    /// <param name="builder">The cluster that is being built.</param>
    public static ClusterDataSourceBuilder UseNpgsql(this ClusterDataSourceBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseDriver(
            static configured => new NpgsqlDriver(configured, configure: null),
            static origin => new DapperFriendlyConnection(origin));
    }

    /// <summary>The same with more that is set in code; in code alone where no connection string is configured.</summary>
    /// <param name="builder">The cluster that is being built.</param>
    /// <param name="configure">
    /// Sets up each node's own <see cref="NpgsqlDataSourceBuilder"/>, credentials included where nothing else gives them; see the other overload.
    /// </param>
    public static ClusterDataSourceBuilder UseNpgsql(this ClusterDataSourceBuilder builder, Action<NpgsqlDataSourceBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.UseDriver(
            configured => new NpgsqlDriver(configured ?? "", configure),
            static origin => new DapperFriendlyConnection(origin));
    }
}
