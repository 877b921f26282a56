using ClusterClient.Data;
using ClusterClient.Diagnostics;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Diagnostics;

/// <summary>What moves which number, where real servers would take long to bring it about.</summary>
public sealed class MetricsTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly ClusterMeter _meter = new("orders", meters: null, [("a", "eu"), ("b", "eu"), ("c", "us")]);

    [Fact]
    public void Count_EachEvent_MovesItsOwn()
    {
        using var measured = new Measured(_meter.Meter);
        var counter = new EventCounter(_meter, _clock);
        var topology = new TopologyScript(3).Round("P1@9 R1@9 R1@9");
        foreach (var kind in Enum.GetValues<TopologyEventKind>().Where(k => k is not (TopologyEventKind.PrimaryFound or TopologyEventKind.PrimaryLost)))
        {
            counter.Count(new(kind, "", kind == TopologyEventKind.PrimaryContested ? null : topology.Nodes[2], topology));
        }

        Assert.Equal(["1 orders c us"], measured.Lines("clusterclient.ejections"));
        Assert.Equal(["1 orders c us"], measured.Lines("clusterclient.fencings"));
        Assert.Equal(
            ["1 orders c us closed", "1 orders c us half_open", "1 orders c us isolated", "1 orders c us open"],
            measured.Lines("clusterclient.circuit.changes").Order());
    }

    [Fact]
    public void Count_PrimaryLostAndFound_IsHowLongThatTook()
    {
        using var measured = new Measured(_meter.Meter);
        var counter = new EventCounter(_meter, _clock);
        var (first, second) = (new TopologyScript(3).Round("P1@9 R1@9 R1@9"), TopologyScript.Play("P1@9 R1@9 R1@9 | x P2@9 R1@9").Current);
        Found(first.Primary!);
        Assert.Empty(measured.Lines("clusterclient.failover.duration"));
        Lose(first.Primary!);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Found(first.Primary!);
        Lose(first.Primary!);
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        Found(second.Primary!);
        // From one to the next in the same snapshot.
        Found(first.Primary!);
        Assert.Equal(["2 orders a eu recovered", "0.25 orders b eu promoted", "0 orders a eu promoted"], measured.Lines("clusterclient.failover.duration"));

        void Found(NodeDescription node) => counter.Count(new(TopologyEventKind.PrimaryFound, "", node, first));

        void Lose(NodeDescription node) => counter.Count(new(TopologyEventKind.PrimaryLost, "", node, first));
    }

    [Theory]
    [ClassData(typeof(CallKinds))]
    public async Task Conventions_DriverMeasuresNothing_EachCallIsMeasuredOnce(string kind)
    {
        using var measured = new Measured(_meter.Meter);
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        _ = new ConventionMetrics(_meter, cluster.Opener.Driver, cluster.Nodes);
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        cluster.Servers[0].OnExecute = () =>
        {
            cluster.Clock.Advance(TimeSpan.FromMilliseconds(5));
            return Task.CompletedTask;
        };
        await CallKinds.Run(kind, connection, CancellationToken.None).Soon();
        cluster.Servers[0].OnExecute = () =>
        {
            cluster.Clock.Advance(TimeSpan.FromMilliseconds(7));
            throw new FakeFault(FaultKind.Statement);
        };
        await Assert.ThrowsAnyAsync<Exception>(() => CallKinds.Run(kind, connection, CancellationToken.None).Soon());

        Assert.Equal(["0.005 other_sql fake a.db", "0.007 other_sql fake a.db Statement"], measured.Lines("db.client.operation.duration"));
    }

    [Fact]
    public async Task Gauges_NodesOfEachKind_TellWhatIsThere()
    {
        using var measured = new Measured(_meter.Meter);
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 x");
        using (var gauges = new ClusterGauges(_meter, cluster.Opener))
        {
            cluster.Nodes[1].State.Eject(new(0, long.MaxValue, 1, "test"));
            await using var open = await cluster.Writes.OpenConnectionAsync();
            Assert.Equal(["1 orders a eu", "0 orders b eu", "0 orders c us"], measured.Now("clusterclient.connections.open"));
            Assert.Equal(["1 orders a eu primary online", "1 orders b eu replica online", "1 orders c us unknown unreachable"], measured.Now("clusterclient.node.status"));
            Assert.Equal(["0 orders a eu", "1 orders b eu", "0 orders c us"], measured.Now("clusterclient.node.ejected"));
            Assert.Equal(["0.001 orders a eu", "0.001 orders b eu"], measured.Now("clusterclient.node.round_trip"));
            Assert.Equal(["1 orders"], measured.Now("clusterclient.epoch"));
        }

        // The meter may be a container's, and live on.
        Assert.Empty(measured.Now("clusterclient.connections.open"));
        Assert.Empty(measured.Now("clusterclient.node.status"));
    }
}
