using System.Collections.Concurrent;
using ClusterClient.Data;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Data;

/// <summary>Circuits from end to end: the calls that open one, where the others go meanwhile, the trial, and what is told.</summary>
public sealed class CircuitWatchTests
{
    private readonly ConcurrentQueue<TopologyEvent> _events = new();

    private string Kinds => string.Join(' ', _events.Select(e => e.Kind).Where(k => k >= TopologyEventKind.CircuitOpened));

    [Fact]
    public async Task Reads_ReplicaFails_OneTrialAfterTheBreakThenItServesAgain()
    {
        await using var cluster = Cluster("P1@9 R1@9 R1@9");
        using var telling = Telling(cluster);
        await OpensAsync(cluster, 1, cluster.Reads);
        Assert.Matches("b .*circuit open, for .* more: 5 faults in a row", cluster.Reads.Explain());
        for (var i = 0; i < 50; i++)
        {
            await CallAsync(cluster.Reads);
        }

        Assert.Equal(5, cluster.Servers[1].Statements);
        cluster.Clock.Advance(TimeSpan.FromSeconds(6.1));
        await CallAsync(cluster.Reads);
        Assert.Equal(6, cluster.Servers[1].Statements);
        await Until.TrueAsync(() => Kinds == "CircuitOpened CircuitHalfOpened CircuitOpened");
        Assert.Matches("^b's circuit is open for [89]\\.?\\d* s|1[012]\\.?\\d* s: the trial failed: Overloaded$", _events.Last().Message);

        cluster.Servers[1].OnExecute = () => Task.CompletedTask;
        cluster.Clock.Advance(TimeSpan.FromSeconds(12.1));
        await CallAsync(cluster.Reads);
        await Until.TrueAsync(() => Kinds == "CircuitOpened CircuitHalfOpened CircuitOpened CircuitHalfOpened CircuitClosed");
        Assert.Equal("b's circuit is closed: the trial was answered", _events.Last().Message);
        Assert.Equal("b", _events.Last().Node?.Endpoint.Name);
        Assert.Equal(7, cluster.Servers[1].Statements);
        // After its ejection and slow start, which are another matter.
        cluster.Clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 20; i++)
        {
            await CallAsync(cluster.Reads);
        }

        Assert.Equal(17, cluster.Servers[1].Statements);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writes_PrimaryFails_WaitForTheTrialAndGoOnWithIt(bool blocking)
    {
        await using var cluster = Cluster("P1@9 R1@9");
        using var telling = Telling(cluster);
        await OpensAsync(cluster, 0, cluster.Writes);
        cluster.Servers[0].OnExecute = () => Task.CompletedTask;
        var trial = new TaskCompletionSource();
        cluster.Servers[0].OnOpen = () => trial.Task;
        var opens = cluster.Servers[0].Opens;
        var writes = Enumerable.Range(0, 10).Select(_ => CallAsync(cluster.Writes)).ToList();
        if (blocking)
        {
            writes.Add(Task.Factory.StartNew(
                () =>
                {
                    using var connection = cluster.Writes.OpenConnection();
                    using var command = connection.CreateCommand();
                    command.ExecuteNonQuery();
                },
                default,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));
        }

        Assert.Equal(opens, cluster.Servers[0].Opens);
        Assert.DoesNotContain(writes, w => w.IsCompleted);
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(8), () => cluster.Servers[0].Opens == opens + 1);
        await Task.Yield();
        Assert.Equal(opens + 1, cluster.Servers[0].Opens);
        Assert.DoesNotContain(writes, w => w.IsCompleted);
        trial.SetResult();
        await Task.WhenAll(writes).Soon();
        await Until.TrueAsync(() => Kinds == "CircuitOpened CircuitHalfOpened CircuitClosed");
        Assert.Equal("0 0", cluster.InFlight);
    }

    [Fact]
    public async Task Writes_PrimarysCircuitStaysOpen_AreRefusedAtTheirDeadlineWithTheCause()
    {
        await using var cluster = Cluster("P1@9 R1@9", failoverTimeout: TimeSpan.FromSeconds(2));
        await OpensAsync(cluster, 0, cluster.Writes);
        // As of a replica that has been promoted since.
        cluster.Nodes[0].State.SetGate(CircuitGate.OpenUntil(cluster.Opener.Clock.Now + 5_000_000));
        var write = CallAsync(cluster.Writes);
        Assert.False(write.IsCompleted);
        cluster.Clock.Advance(TimeSpan.FromSeconds(2.1));
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => write.Soon());
        Assert.Matches("a .*circuit open, for .* ms more: 5 faults in a row", refusal.Explanation);
        Assert.Equal("a", Assert.Single(cluster.Writes.Assess(), a => a.Circuit == CircuitStatus.Open).Node.Endpoint.Name);
    }

    [Fact]
    public async Task Writes_ManyTrialsOfThePrimaryFailed_EachWriteMeetsATrialInItsTime()
    {
        await using var cluster = Cluster("P1@9 R1@9");
        await OpensAsync(cluster, 0, cluster.Writes);
        for (var i = 0; i < 6; i++)
        {
            var (write, statements) = (CallAsync(cluster.Writes), cluster.Servers[0].Statements);
            cluster.Clock.Advance(TimeSpan.FromMicroseconds(cluster.Nodes[0].State.Gate.DueAt - cluster.Opener.Clock.Now + 2_000));
            // It was the trial; it would have been refused.
            await write.Soon();
            Assert.Equal(statements + 1, cluster.Servers[0].Statements);
            await Until.TrueAsync(() => cluster.Nodes[0].State.Gate.Status == CircuitStatus.Open);
        }

        Assert.InRange(cluster.Nodes[0].State.Gate.DueAt - cluster.Opener.Clock.Now, 12_000_000, 18_010_000);
    }

    [Fact]
    public async Task Writes_LineIsFull_AreRefusedAtOnce()
    {
        await using var cluster = Cluster("P1@9 R1@9", maxWaitingCalls: 1);
        await OpensAsync(cluster, 0, cluster.Writes);
        using var stop = new CancellationTokenSource();
        var first = cluster.Writes.OpenConnectionAsync(stop.Token).AsTask();
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => CallAsync(cluster.Writes));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
    }

    [Theory]
    // What the trial's connection comes to.
    [InlineData("closed without a command")]
    [InlineData("open cancelled")]
    [InlineData("command cancelled")]
    [InlineData("statement failed")]
    public async Task Trial_SaysNothing_TheNextWriteIsIt(string end)
    {
        await using var cluster = Cluster("P1@9 R1@9");
        using var telling = Telling(cluster);
        await OpensAsync(cluster, 0, cluster.Writes);
        cluster.Clock.Advance(TimeSpan.FromSeconds(6.1));
        using var caller = new CancellationTokenSource();
        var hung = new TaskCompletionSource();
        cluster.Servers[0].OnOpen = () => end == "open cancelled" ? hung.Task : Task.CompletedTask;
        cluster.Servers[0].OnExecute = () => end == "statement failed"
            ? Task.FromException(new FakeFault(FaultKind.Statement))
            : new TaskCompletionSource().Task.WaitAsync(caller.Token);
        var opening = cluster.Writes.OpenConnectionAsync(caller.Token).AsTask();
        await Until.TrueAsync(() => Kinds == "CircuitOpened CircuitHalfOpened");
        var second = cluster.Writes.OpenConnectionAsync().AsTask();
        Assert.False(second.IsCompleted);
        if (end == "open cancelled")
        {
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.Soon());
        }
        else
        {
            await using var connection = await opening.Soon();
            await using var command = connection.CreateCommand();
            if (end != "closed without a command")
            {
                var running = command.ExecuteNonQueryAsync(default);
                await caller.CancelAsync();
                await Assert.ThrowsAnyAsync<Exception>(() => running.Soon());
            }
        }

        cluster.Servers[0].OnOpen = cluster.Servers[0].OnExecute = () => Task.CompletedTask;
        hung.TrySetResult();
        await using var next = await second.Soon();
        Assert.Equal("CircuitOpened CircuitHalfOpened", Kinds);
        await using var last = next.CreateCommand();
        await last.ExecuteNonQueryAsync();
        await Until.TrueAsync(() => Kinds == "CircuitOpened CircuitHalfOpened CircuitClosed");
    }

    [Fact]
    public async Task Isolate_ByName_HoldsUntilReset()
    {
        await using var cluster = Cluster("P1@9 R1@9 R1@9");
        using var telling = Telling(cluster);
        await cluster.Circuits.IsolateAsync("B", default).Soon();
        for (var i = 0; i < 20; i++)
        {
            await CallAsync(cluster.Reads);
        }

        Assert.Equal(0, cluster.Servers[1].Opens);
        await Until.TrueAsync(() => Kinds == "NodeIsolated");
        Assert.Equal("b is isolated until it is reset: an operator asked for it", _events.Last().Message);
        await cluster.Circuits.ResetAsync("b", default).Soon();
        for (var i = 0; i < 20; i++)
        {
            await CallAsync(cluster.Reads);
        }

        Assert.Equal(10, cluster.Servers[1].Opens);
        await Until.TrueAsync(() => Kinds == "NodeIsolated CircuitClosed");
        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => cluster.Circuits.IsolateAsync("d", default));
        Assert.StartsWith("There is no node 'd'; there are a, b, c.", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Circuit_OpensOrIsIsolated_SendsAwayWhoWaitsThere(bool isolated)
    {
        await using var cluster = Cluster("P1@9 R1@9 R1@9");
        var (node, now) = (cluster.Nodes[1], cluster.Opener.Clock.Now);
        cluster.Servers[1].WillConnect = true;
        for (var i = 0; i < ConnectGate.Most; i++)
        {
            Assert.Null(node.Connects.Enter(SlowStart.LongAgo, now));
        }

        Task<OpenedNode>[] reads = [.. Enumerable.Range(0, 4).Select(_ => cluster.OpenAsync(RouteIntent.Read, default).AsTask())];
        Assert.Equal(2, reads.Count(r => !r.IsCompleted));
        if (isolated)
        {
            await cluster.Circuits.IsolateAsync("b", default).Soon();
        }
        else
        {
            node.State.Circuit!.Met(5, now, now);
        }

        Assert.All(await Task.WhenAll(reads).Soon(), r => Assert.Equal(2, r.Node.Index));
        Assert.Equal("0 0 4", cluster.InFlight);
    }

    [Fact]
    public async Task Isolate_CallsWaitForTheirTurn_TheyGoElsewhere()
    {
        await using var cluster = new FakeCluster(
            2, policy: new RoundRobin(), circuit: new(), limits: new() { Floor = 2, Initial = 2, Ceiling = 2 }).Sees("P1@9 R1@9");
        var state = cluster.Nodes[1].State;
        state.Begin(cluster.Opener.Clock.Now);
        state.Begin(cluster.Opener.Clock.Now);
        var read = cluster.OpenAsync(RouteIntent.Read, default).AsTask();
        Assert.Equal((1, false), (state.Waiting, read.IsCompleted));
        await cluster.Circuits.IsolateAsync("b", default).Soon();
        Assert.Equal(0, (await read.Soon()).Node.Index);
        Assert.Equal(0, state.Waiting);
    }

    [Fact]
    public async Task Reads_AllCircuitsAreOpenAndThePolicyTakesTurnsOfItsOwn_OneServes()
    {
        await using var cluster = new FakeCluster(
            3, terms: FakeCluster.Terms with { ReadsMayUsePrimary = false }, policy: new OwnTurns(), circuit: new()).Sees("P1@9 R1@9 R1@9");
        var due = CircuitGate.OpenUntil(cluster.Opener.Clock.Now + 5_000_000);
        cluster.Nodes[1].State.SetGate(due);
        cluster.Nodes[2].State.SetGate(due);
        var opened = await Task.Run(() => cluster.OpenAsync(RouteIntent.Read, default).AsTask()).Soon();
        Assert.NotEqual(0, opened.Node.Index);
    }

    [Fact]
    public async Task Isolate_Primary_WritesWaitAndGoOnAtTheReset()
    {
        await using var cluster = Cluster("P1@9 R1@9");
        await cluster.Circuits.IsolateAsync("a", default).Soon();
        var write = CallAsync(cluster.Writes);
        cluster.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.False(write.IsCompleted);
        Assert.Matches("a .*isolated by an operator, until it is reset", cluster.Writes.Explain());
        await cluster.Circuits.ResetAsync("a", default).Soon();
        await write.Soon();
    }

    [Fact]
    public async Task CleanUp_ServerRisesAgain_ItsCircuitIsResetAndAnIsolationIsNot()
    {
        await using var cluster = Cluster("P1@9 R1@9 R1@9");
        using var stop = new CancellationTokenSource();
        var cleaning = new NodeCleanUp("orders", cluster.Nodes, cluster.Opener.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)
            .RunAsync(cluster.Monitor.Current, stop.Token);
        await OpensAsync(cluster, 1, cluster.Reads);
        await cluster.Circuits.IsolateAsync("c", default).Soon();
        cluster.Sees(". x x").Sees(". new new");
        await Until.TrueAsync(() => cluster.Nodes[1].State.Gate.IsClosed);
        Assert.True(cluster.Nodes[2].State.Gate.IsIsolated);
        await stop.CancelAsync();
        await cleaning.Soon();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Circuit_OfTheOptions_DecidesWhetherOneOpensByItself(bool on)
    {
        var clock = new ManualTimeProvider();
        FakeServer[] servers = [new(), new()];
        servers[0].Answers("P1@9");
        servers[1].Answers("R1@9");
        await using var orders = new ClusterDataSourceBuilder("orders").UseDriver(() => new FakeDriver(servers, clock)).UseTimeProvider(clock)
            .UseRandom(new ScriptedRandom(0.5)).Configure(o => o.Circuit = on ? o.Circuit : null).OnEvent(_events.Enqueue)
            .AddNode("a", "eu").AddNode("b", "eu").Build();
        await Until.TrueAsync(() => orders.Topology.Nodes.All(n => n.Status == NodeStatus.Online));
        servers[1].OnExecute = () => Task.FromException(new FakeFault(FaultKind.Overloaded));
        for (var i = 0; i < 10; i++)
        {
            await CallAsync(orders.Reads);
        }

        Assert.Equal(on ? 5 : 10, servers[1].Statements);
        Assert.Equal(on ? CircuitStatus.Open : CircuitStatus.Closed, orders.Reads.Assess()[1].Circuit);
        await orders.ResetAsync("b:5432").Soon();
        await orders.IsolateAsync("b:5432").Soon();
        Assert.Equal(CircuitStatus.Isolated, orders.Reads.Assess()[1].Circuit);
    }

    private FakeCluster Cluster(string nodes, TimeSpan? failoverTimeout = null, int maxWaitingCalls = 1_000) => new FakeCluster(
        nodes.Split(' ').Length, failoverTimeout, maxWaitingCalls, onEvent: _events.Enqueue, policy: new RoundRobin(), circuit: new()).Sees(nodes);

    private sealed class OwnTurns : RoutingPolicy
    {
        private int _turn;

        public override string Name => "own turns";

        public override int Pick(in RouteCandidates candidates) => Interlocked.Increment(ref _turn) % candidates.Count;
    }

    private static CancellationTokenSource Telling(FakeCluster cluster)
    {
        var stop = new CancellationTokenSource();
        _ = cluster.Teller.RunAsync(cluster.Monitor.Current, stop.Token);
        return stop;
    }

    private static async Task OpensAsync(FakeCluster cluster, int node, ClusterDataSourceView calls)
    {
        cluster.Servers[node].OnExecute = () => Task.FromException(new FakeFault(FaultKind.Overloaded));
        for (var i = 0; i < 50 && cluster.Nodes[node].State.Gate.IsClosed; i++)
        {
            await CallAsync(calls);
        }

        Assert.Equal(5, cluster.Servers[node].Statements);
        await Until.TrueAsync(() => cluster.Nodes[node].State.Gate.DueAt < CircuitGate.Never);
        Assert.NotEqual(CircuitGate.Opening, cluster.Nodes[node].State.Gate);
    }

    private static async Task CallAsync(ClusterDataSourceView view)
    {
        await using var connection = await view.OpenConnectionAsync();
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
