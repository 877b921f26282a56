using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>No storms: physical connections to a node are made a few at a time, fewer after it has risen.</summary>
public sealed class ConnectGateTests
{
    private const long Now = 100_000_000;

    private readonly ConnectGate _gate = new(new ScriptedRandom(0.5));

    [Theory]
    [InlineData(-1, 16)]
    [InlineData(0, 4)]
    [InlineData(10, 8)]
    [InlineData(15, 10)]
    [InlineData(29.9, 15)]
    [InlineData(30, 16)]
    public void Enter_SecondsAfterTheNodeRose_LetsSoManyThrough(double seconds, int expected)
    {
        var risenAt = seconds < 0 ? SlowStart.LongAgo : Now - (long)(seconds * 1_000_000);
        Assert.Equal(expected, Enumerable.Range(0, 40).Count(_ => _gate.Enter(risenAt, Now) is null));
        Assert.Equal(expected, _gate.Connecting);
    }

    [Fact]
    public async Task Exit_SomeWait_LetsTheFirstInAfterAPause()
    {
        ConnectPass?[] passes = [.. Enumerable.Range(0, 7).Select(_ => _gate.Enter(Now, Now))];
        Assert.True(_gate.TryLeave(passes[4]!));
        Assert.False(_gate.TryLeave(passes[4]!));
        _gate.Exit(Now);
        Assert.Equal(ConnectGate.LongestPause / 2, await passes[5]!.Task.Soon());
        Assert.False(passes[6]!.Task.IsCompleted);
        // When it has served for long, they need not keep apart.
        _gate.Exit(Now + SlowStart.Window);
        Assert.Equal(TimeSpan.Zero, await passes[6]!.Task.Soon());
        Assert.Equal(4, _gate.Connecting);
    }

    [Fact]
    public async Task Release_SomeWait_SendsThemAway()
    {
        ConnectPass?[] passes = [.. Enumerable.Range(0, 6).Select(_ => _gate.Enter(Now, Now))];
        _gate.Release();
        Assert.Equal([null, null], await Task.WhenAll(passes.OfType<ConnectPass>().Select(p => p.Task)).Soon());
        Assert.Equal(4, _gate.Connecting);
    }

    [Theory]
    [InlineData(true, 16)]
    [InlineData(false, 40)]
    [InlineData(null, 40)]
    public async Task OpenAsync_ManyAtOnce_ConnectsAFewAtATime(bool? willConnect, int expected)
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        var server = cluster.Servers[0];
        var letIn = new TaskCompletionSource();
        server.WillConnect = willConnect;
        server.OnOpen = () => letIn.Task;
        Task<OpenedNode>[] opening = [.. Enumerable.Range(0, 40).Select(_ => cluster.OpenAsync(RouteIntent.Write, default).AsTask())];
        Assert.Equal(expected, server.Opens);
        letIn.SetResult();
        await Task.WhenAll(opening).Soon();
        Assert.Equal((40, 0), (server.Opens, cluster.Nodes[0].Connects.Connecting));
    }

    [Fact]
    public async Task OpenAsync_FailsOrIsCancelledAtTheGate_LeavesItAsItWas()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        var server = cluster.Servers[0];
        var letIn = new TaskCompletionSource();
        server.WillConnect = true;
        server.OnOpen = () => letIn.Task;
        using var caller = new CancellationTokenSource();
        Task<OpenedNode>[] opening = [.. Enumerable.Range(0, 20).Select(i => cluster.OpenAsync(RouteIntent.Write, i < 18 ? default : caller.Token).AsTask())];
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening[18].Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening[19].Soon());
        letIn.SetException(new FakeFault(FaultKind.Rejected));
        foreach (var refused in opening.Take(18))
        {
            await Assert.ThrowsAsync<FakeFault>(() => refused.Soon());
        }

        Assert.Equal((0, 0, 0), (cluster.Nodes[0].Connects.Connecting, cluster.Nodes[0].State.InFlight, cluster.Nodes[0].State.Connections));
    }

    [Fact]
    public async Task OpenAsync_NodeLeavesWhileTheyWaitAtTheGate_TheyGoWhereItWent()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        using var stop = new CancellationTokenSource();
        var cleaning = new NodeCleanUp("orders", cluster.Nodes, cluster.Opener.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)
            .RunAsync(cluster.Monitor.Current, stop.Token);
        var never = new TaskCompletionSource();
        cluster.Servers[0].WillConnect = true;
        cluster.Servers[0].OnOpen = () => never.Task;
        Task<OpenedNode>[] opening = [.. Enumerable.Range(0, 20).Select(_ => cluster.OpenAsync(RouteIntent.Write, default).AsTask())];
        cluster.Sees("x P2@9/9");
        Assert.All(await Task.WhenAll(opening).Soon(), o => Assert.Equal(1, o.Node.Index));
        Assert.Equal("0 20", cluster.InFlight);
        await stop.CancelAsync();
        await cleaning.Soon();
    }

    [Fact]
    public async Task Open_ManyThreads_ConnectAFewAtATime()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        var server = cluster.Servers[0];
        var letIn = new TaskCompletionSource();
        server.WillConnect = true;
        server.OnOpen = () => letIn.Task;
        Task[] opening =
        [
            .. Enumerable.Range(0, 20).Select(_ => Task.Factory.StartNew(
                () => cluster.Open(RouteIntent.Write), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
        ];
        await Until.TrueAsync(() => server.Opens == 16 && cluster.Nodes[0].State is { InFlight: 20, Connections: 20 });
        letIn.SetResult();
        await Task.WhenAll(opening).Soon();
        Assert.Equal((20, 0), (server.Opens, cluster.Nodes[0].Connects.Connecting));
    }
}
