using System.Collections.Concurrent;
using ClusterClient.Data;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterClient.Tests.Data;

/// <summary>From a call's fault to the node that the next call is given, and what the operator is told of it.</summary>
/// <remarks>By turns where every node must be asked: the default policy keeps work away from one that fails long before.</remarks>
public sealed class OutlierWatchTests
{
    private readonly ConcurrentQueue<TopologyEvent> _events = new();

    private string Events => string.Join('|', _events.Select(e => $"{e.Kind}: {e.Message}"));

    [Fact]
    public async Task Reads_ReplicaFailsEveryCall_IsLeftAloneAndComesBack()
    {
        await using var cluster = new FakeCluster(3, onEvent: _events.Enqueue, policy: new RoundRobin());
        using var stop = new CancellationTokenSource();
        var running = Task.WhenAll(cluster.Teller.RunAsync(cluster.Monitor.Current, stop.Token), cluster.Outliers.RunAsync(stop.Token));
        cluster.Sees("P1@9 R1@9 R1@9");
        await Until.TrueAsync(() => _events.Count == 4);
        _events.Clear();

        cluster.Servers[1].OnExecute = () => Task.FromException(new FakeFault(FaultKind.Overloaded));
        // On a clock that stands still, so that no sweep helps.
        while (!cluster.Nodes[1].State.IsEjected(cluster.Opener.Clock.Now))
        {
            await ReadAsync(cluster);
            Assert.True(cluster.Servers[1].Statements <= 5, "it takes more than five faults");
        }

        Assert.Equal(5, cluster.Servers[1].Statements);
        await Until.TrueAsync(() => !_events.IsEmpty);
        Assert.Equal("NodeEjected: b is ejected for 30 s: 5 faults in a row", Events);
        Assert.Contains("ejected as an outlier, for", cluster.Reads.Explain(), StringComparison.Ordinal);
        Assert.Contains("more: 5 faults in a row", cluster.Reads.Explain(), StringComparison.Ordinal);
        for (var i = 0; i < 100; i++)
        {
            await ReadAsync(cluster);
        }

        Assert.Equal(5, cluster.Servers[1].Statements);
        cluster.Servers[1].OnExecute = () => Task.CompletedTask;
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(35), () => _events.Count == 2);
        Assert.EndsWith("|NodeReadmitted: b may serve again after 30 s of ejection", Events, StringComparison.Ordinal);
        cluster.Clock.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 100; i++)
        {
            await ReadAsync(cluster);
        }

        Assert.True(cluster.Servers[1].Statements > 30, $"{cluster.Servers[1].Statements} statements");
        await stop.CancelAsync();
        await running.Soon();
    }

    [Theory]
    [InlineData(FaultKind.Statement, false)]
    [InlineData(FaultKind.CallerCancelled, false)]
    [InlineData(FaultKind.ReadOnly, false)]
    [InlineData(FaultKind.PoolExhausted, false)]
    [InlineData(FaultKind.Rejected, false)]
    [InlineData(FaultKind.Overloaded, true)]
    [InlineData(FaultKind.ConnectionLost, true)]
    [InlineData(FaultKind.ShuttingDown, true)]
    [InlineData(FaultKind.Timeout, true)]
    public async Task Execute_Fails_CountsOnlyWhenItIsTheNodesFault(FaultKind kind, bool counts)
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@9");
        foreach (var server in cluster.Servers)
        {
            server.OnExecute = () => Task.FromException(new FakeFault(kind));
        }

        for (var i = 0; i < 40; i++)
        {
            await ReadAsync(cluster);
            // The looks that a fault asks for.
            cluster.Sees("P1@9 R1@9 R1@9");
        }

        var now = cluster.Opener.Clock.Now;
        Assert.Equal(counts ? 1 : 0, cluster.Nodes.Count(n => n.State.IsEjected(now)));
        Assert.Equal(counts, cluster.Nodes.Any(n => n.State.Tally(now, 0).Calls > 0));
    }

    [Fact]
    public async Task Execute_CallersCancelled_SaysNothingOfTheNode()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@9");
        foreach (var server in cluster.Servers)
        {
            server.OnExecute = () => new TaskCompletionSource().Task.WaitAsync(new CancellationToken(canceled: true));
        }

        for (var i = 0; i < 40; i++)
        {
            await using var connection = await cluster.Reads.OpenConnectionAsync();
            await using var command = connection.CreateCommand();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.ExecuteNonQueryAsync());
        }

        Assert.All(cluster.Nodes, n => Assert.Equal(0, n.State.Tally(cluster.Opener.Clock.Now, 0).Calls));
        Assert.Equal("0 0 0", cluster.InFlight);
    }

    [Fact]
    public async Task OpenAsync_NodeRefusesWhatItAnswersToTheMonitor_IsEjected()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@9");
        cluster.Servers[1].Refuses(new FakeFault(FaultKind.Timeout));
        for (var i = 0; i < 100 && cluster.Servers[1].Opens < 5; i++)
        {
            var opened = await cluster.OpenAsync(RouteIntent.Read, default);
            Assert.Equal(2, opened.Node.Index);
            cluster.Clock.Advance(TimeSpan.FromSeconds(7));
            cluster.Sees(". R1@9 .");
        }

        Assert.True(cluster.Nodes[1].State.IsEjected(cluster.Opener.Clock.Now));
        Assert.Equal("5 faults in a row", cluster.Nodes[1].State.LastEjection?.Cause);
    }

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 30)]
    public async Task EjectOutliers_OfTheOptions_DecidesWhetherAnythingIsEjected(bool eject, int faults)
    {
        var clock = new ManualTimeProvider();
        FakeServer[] servers = [new(), new(), new()];
        servers[0].Answers("P1@9");
        servers[1].Answers("R1@9");
        servers[2].Answers("R1@9");
        var builder = new ClusterDataSourceBuilder("orders").UseDriver(() => new FakeDriver(servers, clock)).UseTimeProvider(clock)
            .UseRandom(new ScriptedRandom(0.5)).Configure(o => (o.EjectOutliers, o.Circuit, o.Policy) = (eject, null, RoutingPolicyNames.RoundRobin)).OnEvent(_events.Enqueue)
            .AddNode("a", "eu").AddNode("b", "eu").AddNode("c", "eu");
        await using var orders = builder.Build();
        await Until.TrueAsync(() => orders.Topology.Nodes.All(n => n.Status == NodeStatus.Online));
        servers[1].OnExecute = () => Task.FromException(new FakeFault(FaultKind.Overloaded));
        for (var i = 0; i < 300 && servers[1].Statements < faults; i++)
        {
            await ReadAsync(orders.Reads);
        }

        Assert.Equal(faults, servers[1].Statements);
        Assert.Equal(eject, orders.Explain(RouteIntent.Read).Contains("ejected as an outlier", StringComparison.Ordinal));
        await Until.TrueAsync(clock, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60), () => Told(TopologyEventKind.NodeReadmitted) || !eject);
        Assert.Equal(eject, Told(TopologyEventKind.NodeEjected));

        bool Told(TopologyEventKind kind) => _events.Any(e => e.Kind == kind);
    }

    [Fact]
    public async Task RunAsync_SweepFails_TheLoopGoesOn()
    {
        var logger = new RememberingLogger();
        await using var cluster = new FakeCluster(2);
        // It knows fewer nodes than there are.
        var detector = new OutlierDetector([], cluster.Opener.Clock, OutlierSettings.Default);
        var teller = new EventTeller("orders", null, NullLogger.Instance);
        var watch = new OutlierWatch("orders", detector, cluster.Monitor, teller, cluster.Opener.Clock, cluster.Clock, logger);
        using var stop = new CancellationTokenSource();
        var running = watch.RunAsync(stop.Token);
        cluster.Sees("R1@9 R1@9");
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), () => logger.Ids.Count(i => i == 94) >= 3);
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await running.Soon();
        Assert.Equal(0, cluster.Clock.ArmedTimers);
    }

    [Fact]
    public async Task RunAsync_NothingWasLookedAtYet_RunsNoTimer()
    {
        await using var cluster = new FakeCluster(2);
        using var stop = new CancellationTokenSource();
        var running = cluster.Outliers.RunAsync(stop.Token);
        Assert.Equal(0, cluster.Clock.ArmedTimers);
        cluster.Sees("P1@9 R1@9");
        await Until.TrueAsync(() => cluster.Clock.ArmedTimers == 1);
        await stop.CancelAsync();
        await running.Soon();
    }

    private static Task ReadAsync(FakeCluster cluster) => ReadAsync(cluster.Reads);

    private static async Task ReadAsync(ClusterDataSourceView reads)
    {
        await using var connection = await reads.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        try
        {
            await command.ExecuteNonQueryAsync();
        }
        catch (FakeFault)
        {
            // What it does to the node is what the tests are about.
        }
    }
}
