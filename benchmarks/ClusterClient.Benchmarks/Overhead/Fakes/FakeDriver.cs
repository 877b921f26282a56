using System.Data.Common;
using ClusterClient.Drivers;
using ClusterClient.Resilience;
using ClusterClient.Topology;

namespace ClusterClient.Benchmarks.Overhead.Fakes;

/// <summary>A driver whose calls take no time: the node configured first is primary, the others follow it.</summary>
internal sealed class FakeDriver(bool yields) : ClusterDriver
{
    private int _nodes;

    public override int DefaultPort => 1;

    public override DbProviderFactory ProviderFactory { get; } = new FakeFactory();

    public override string Database => "fake";

    public override TimeSpan ConnectionTimeout => TimeSpan.FromSeconds(15);

    public override NodeDriver CreateNode(NodeEndpoint endpoint) => new FakeNode(new FakeDataSource(yields), isPrimary: _nodes++ == 0);

    public override string DescribeConnection(IEnumerable<NodeEndpoint> endpoints) => "Host=fake";

    public override Fault Classify(Exception exception) => new(FaultKind.Statement, NotApplied: false);
}
