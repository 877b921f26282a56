using System.Data.Common;
using ClusterClient.Drivers;
using ClusterClient.Resilience;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

/// <summary>A driver whose servers live in memory, one for each node in the order in which they are made.</summary>
internal sealed class FakeDriver(IReadOnlyList<FakeServer> servers, TimeProvider clock) : ClusterDriver
{
    private int _made;

    public string[] Errors { get; init; } = [];

    public int Validations { get; private set; }

    public override int DefaultPort => 5432;

    public CommitDialect? Dialect { get; init; }

    public override CommitDialect? Commits => Dialect;

    public override string ReadOnly => "READ ONLY";

    public override DbProviderFactory ProviderFactory => FakeFactory.Instance;

    public override string Database => "fake";

    public override TimeSpan ConnectionTimeout => TimeSpan.FromSeconds(15);

    public override IEnumerable<string> Validate()
    {
        Validations++;
        return Errors;
    }

    public override NodeDriver CreateNode(NodeEndpoint endpoint) => new FakeNode(servers[_made++], clock);

    public override string DescribeConnection(IEnumerable<NodeEndpoint> endpoints) => $"Hosts={string.Join(',', endpoints.Select(e => e.Host))}";

    public override Fault Classify(Exception exception) => exception switch
    {
        FakeFault fault => new(fault.Kind, fault.NotApplied),
        TimeoutException => new(FaultKind.Timeout, NotApplied: false),
        OperationCanceledException => new(FaultKind.CallerCancelled, NotApplied: false),
        _ => new(FaultKind.Statement, NotApplied: false),
    };
}
