using System.Data.Common;
using ClusterClient.Drivers;
using ClusterClient.Topology;

namespace ClusterClient.Benchmarks.Overhead.Fakes;

internal sealed class FakeNode(DbDataSource source, bool isPrimary) : NodeDriver
{
    public override DbDataSource DataSource => source;

    /// <summary>What is measured is an open from a pool.</summary>
    public override bool? HasIdle => true;

    public override INodeProbe CreateProbe() => new FakeProbe(isPrimary);

    public override void ClearPool()
    {
    }

    public override bool TryAbort(DbConnection connection) => false;

    public override ValueTask DisposeAsync() => source.DisposeAsync();
}
