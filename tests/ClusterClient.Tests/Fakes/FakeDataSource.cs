using System.Data.Common;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeDataSource(FakeServer server) : DbDataSource
{
    public override string ConnectionString => "";

    protected override DbConnection CreateDbConnection()
    {
        var connection = new FakeConnection(server);
        lock (server.Connections)
        {
            server.Connections.Add(connection);
        }

        return connection;
    }
}
