using System.Data.Common;
using ClusterClient.Drivers;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeNode(FakeServer server, TimeProvider clock) : NodeDriver
{
    public bool IsDisposed { get; private set; }

    public override DbDataSource DataSource { get; } = new FakeDataSource(server);

    public override int? PoolLimit => server.PoolLimit;

    public override bool? WillConnect => server.WillConnect;

    public override INodeProbe CreateProbe()
    {
        var probe = new FakeProbe(server, clock);
        lock (server.Probes)
        {
            server.Probes.Add(probe);
        }

        return probe;
    }

    public override bool? HasIdle => server.HasIdle;

    public override bool CanAbort => server.CanAbort;

    public override void ClearPool() => server.ClearPool();

    public override bool TryAbort(DbConnection connection) => server.CanAbort && ((FakeConnection)connection).Abort();

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
