using ClusterClient.Data;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterClient.Tests.Data;

/// <summary>What each change does to a node's pool and to the connections that are open to it.</summary>
public sealed class NodeCleanUpTests
{
    private readonly List<TopologyEvent> _events = [];

    [Theory]
    // Silent or out of bounds: its open connections are ended.
    [InlineData("P1@9 R1@9", "~ .", 1, true)]
    [InlineData("P1@9 R1@9", ". P2@9/9", 1, true)]
    [InlineData("P1@9 R1@9", "t:P1@9 .", 1, true)]
    // Unreachable: the pool is dead, but calls hear it from their own sockets.
    [InlineData("P1@9 R1@9", "x .", 1, false)]
    // The monitor's connection was lost and made anew: the server was away for a moment.
    [InlineData("P1@9 R1@9", "new .", 1, false)]
    // News of others, of positions, and a change of role leave it alone.
    [InlineData("P1@9 R1@9", ". x", 0, false)]
    [InlineData("P1@9 R1@9", "P1@19 .", 0, false)]
    [InlineData("P1@9 R1@9", "R1@9 .", 0, false)]
    public async Task RunAsync_Change_ClearsThePoolAndEndsConnections(string before, string news, int clears, bool ends)
    {
        await using var cluster = new FakeCluster(2).Sees(before);
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        var following = Follow(cluster, _events.Add);
        cluster.Sees(news);
        await StopAsync(cluster, following);
        var native = Assert.Single(cluster.Servers[0].Connections);
        Assert.Equal((clears, ends), (cluster.Servers[0].PoolClears, native.IsAborted));
    }

    [Theory]
    // Its connections may not have heard of its end, and there is somebody else to go to now.
    [InlineData("x .", ". P2@9/9", true)]
    [InlineData("x .", ". R1@9", false)]
    [InlineData("R1@9 P2@9/9", "x .", false)]
    public async Task RunAsync_PrimaryIsGone_ItsConnectionsEndWhenItHasASuccessor(string first, string then, bool ends)
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var connection = await cluster.Writes.OpenConnectionAsync();
        var following = Follow(cluster, _events.Add);
        cluster.Sees(first).Sees(then);
        await StopAsync(cluster, following);
        Assert.Equal(ends, Assert.Single(cluster.Servers[0].Connections).IsAborted);
    }

    [Fact]
    public async Task RunAsync_NodeThatStaysSilent_IsClearedOnce()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        var following = Follow(cluster, _events.Add);
        cluster.Sees("~ .").Sees("~ .").Sees(". x").Sees("~ .");
        await StopAsync(cluster, following);
        Assert.Equal(1, cluster.Servers[0].PoolClears);
    }

    [Theory]
    [InlineData("x .", "P1@9 .", true)]
    [InlineData("x .", "R1@9 P2@9/9", true)]
    // It never went, or is not back yet.
    [InlineData("P1@19 .", "P1@29 .", false)]
    [InlineData("~ .", "x .", false)]
    public async Task RunAsync_ServerIsBack_HowItServedIsForgotten(string first, string then, bool forgotten)
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        var state = cluster.Nodes[0].State;
        var began = cluster.Opener.Clock.Now;
        state.Begin(began);
        state.Begin(began);
        state.Complete(began, began + 1_000, 0, faulted: true);
        var following = Follow(cluster, _events.Add);
        cluster.Sees(first).Sees(then);
        await StopAsync(cluster, following);
        Assert.Equal(!forgotten, state.IsKnown);
        // One that was under way then tells of the server as it was.
        state.Complete(began, began + 2_000, 0, faulted: true);
        Assert.Equal(!forgotten, state.IsKnown);
    }

    [Fact]
    public async Task RunAsync_HandlerThrows_TheNextEventsStillCome()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        var following = Follow(cluster, happened =>
        {
            _events.Add(happened);
            throw new InvalidOperationException("the application's trouble");
        });
        cluster.Sees("x .").Sees(". P2@9/9");
        await StopAsync(cluster, following);
        Assert.Equal(
            [TopologyEventKind.NodeLost, TopologyEventKind.PrimaryLost, TopologyEventKind.PrimaryFound], _events.Select(e => e.Kind));
        Assert.Equal(2, cluster.Servers[0].PoolClears);
    }

    [Fact]
    public async Task RunAsync_HandlerBlocks_CleanUpGoesOn()
    {
        using var release = new ManualResetEventSlim();
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        var following = Follow(cluster, _ => release.Wait(TimeSpan.FromSeconds(20)));
        cluster.Sees("x .").Sees("P1@9 .").Sees("~ .");
        Assert.True(SpinWait.SpinUntil(() => cluster.Servers[0].PoolClears == 2, TimeSpan.FromSeconds(10)));
        release.Set();
        await StopAsync(cluster, following);
    }

    [Fact]
    public async Task RunAsync_Cancelled_Ends()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        using var stop = new CancellationTokenSource();
        var following = Follow(cluster, _events.Add, stop.Token);
        await stop.CancelAsync();
        await following.Soon();
    }

    private static Task Follow(FakeCluster cluster, Action<TopologyEvent> handler, CancellationToken stop = default) => Task.WhenAll(
        new NodeCleanUp("orders", cluster.Nodes, cluster.Opener.Clock, NullLogger.Instance).RunAsync(cluster.Monitor.Current, stop),
        new EventTeller("orders", handler, NullLogger.Instance).RunAsync(cluster.Monitor.Current, stop));

    /// <summary>Ends the monitor, and with it the follower once that has come to the last snapshot.</summary>
    private static async Task StopAsync(FakeCluster cluster, Task following)
    {
        await cluster.Monitor.DisposeAsync();
        await following.Soon();
    }
}
