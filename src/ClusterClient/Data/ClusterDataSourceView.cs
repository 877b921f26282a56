using System.Data.Common;
using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>
/// A data source whose connections go where one intent wants them. Prepared once and cheap: it shares everything with the
/// <see cref="ClusterDataSource"/> that it comes from, and disposing it does nothing. Immutable and thread-safe.
/// </summary>
public sealed class ClusterDataSourceView : DbDataSource
{
    private readonly ConnectionOrigin _origin;
    private readonly Func<ConnectionOrigin, ClusterConnection> _createConnection;

    internal ClusterDataSourceView(
        ConnectionOpener opener, RouteIntent intent, string connectionString, Func<ConnectionOrigin, ClusterConnection> createConnection)
    {
        var factory = new ClusterProviderFactory(opener.Driver.ProviderFactory, CreateConnection);
        _origin = new(opener, intent, connectionString, factory);
        _createConnection = createConnection;
    }

    /// <summary>What nodes are chosen for.</summary>
    public RouteIntent Intent => _origin.Intent;

    /// <summary>The base connection string with all nodes and without the password; for display.</summary>
    public override string ConnectionString => _origin.ConnectionString;

    /// <summary>A closed connection; its node is chosen when it is opened.</summary>
    public new ClusterConnection CreateConnection() => _createConnection(_origin);

    /// <summary>Opens a connection to the node that suits the intent best now.</summary>
    /// <exception cref="ClusterUnavailableException">No node could be had within the failover timeout.</exception>
    public new ClusterConnection OpenConnection()
    {
        var connection = CreateConnection();
        connection.Open();
        return connection;
    }

    /// <inheritdoc cref="OpenConnection"/>
    public new async ValueTask<ClusterConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        var connection = CreateConnection();
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        return connection;
    }

    /// <inheritdoc/>
    protected override DbBatch CreateDbBatch() => new DataSourceBatch(CreateConnection());

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => CreateConnection();

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => OpenConnection();

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
}
