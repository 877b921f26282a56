using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>Calls whose time ends over a wait of this process's own: no word of it is held against the node.</summary>
public sealed class LocalWaitTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OpenAsync_TimeEndsAtTheGate_RefusesAndBlamesNobody(bool retries)
    {
        await using var cluster = Cluster(TimeSpan.FromSeconds(2), retries ? RetryPolicy.Default : RetryPolicy.None);
        cluster.Servers[0].WillConnect = true;
        FillGate(cluster);
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        cluster.Clock.Advance(TimeSpan.FromSeconds(2.1));
        await IsRefusedAsync(cluster, opening, "waited for its turn to connect to a, where 16 connections are being made");
        Assert.Equal(0, cluster.Servers[0].Opens);
    }

    [Fact]
    public async Task Open_TimeEndsAtTheGate_RefusesAndBlamesNobody()
    {
        await using var cluster = Cluster(TimeSpan.FromMilliseconds(20));
        cluster.Servers[0].WillConnect = true;
        FillGate(cluster);
        await IsRefusedAsync(cluster, Task.Run(() => cluster.Open(RouteIntent.Write)), "waited for its turn to connect to a");
    }

    [Fact]
    public async Task OpenAsync_TimeEndsOverAPoolThatIsAllInUse_RefusesAndBlamesNobody()
    {
        await using var cluster = Cluster(TimeSpan.FromSeconds(2));
        var returned = Exhausted(cluster);
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        cluster.Clock.Advance(TimeSpan.FromSeconds(2.1));
        await IsRefusedAsync(cluster, opening, "waited for a connection of the pool of a");
        returned.SetResult();
        await Until.TrueAsync(() => cluster.Servers[0].Connections.Single().IsDisposed);
    }

    [Fact]
    public async Task Open_TimeEndsOverAPoolThatIsAllInUse_RefusesAndBlamesNobody()
    {
        await using var cluster = Cluster(TimeSpan.FromMilliseconds(20));
        var returned = Exhausted(cluster);
        await IsRefusedAsync(cluster, Task.Run(() => cluster.Open(RouteIntent.Write)), "waited for a connection of the pool of a");
        returned.SetResult();
    }

    [Fact]
    public async Task OpenAsync_TimeEndsWhileItConnectsForThePoolsLastPlace_BlamesTheNode()
    {
        await using var cluster = Cluster(TimeSpan.FromSeconds(2));
        var server = cluster.Servers[0];
        (server.WillConnect, server.HasIdle) = (true, false);
        server.OnOpen = () =>
        {
            server.WillConnect = false;
            return new TaskCompletionSource().Task;
        };
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        cluster.Clock.Advance(TimeSpan.FromSeconds(2.1));
        await Assert.ThrowsAsync<ClusterUnavailableException>(opening.Soon);
        Assert.True(cluster.Monitor.Current.Nodes[0].IsDoubted);
        Assert.Equal(1, cluster.Nodes[0].State.Tally(cluster.Opener.Clock.Now, long.MinValue).Faults);
    }

    private static FakeCluster Cluster(TimeSpan failoverTimeout, RetryPolicy? retry = null) =>
        new FakeCluster(1, failoverTimeout, retry: retry, circuit: new() { ConsecutiveFaults = 1 }).Sees("P1@9");

    private static void FillGate(FakeCluster cluster)
    {
        for (var i = 0; i < ConnectGate.Most; i++)
        {
            Assert.Null(cluster.Nodes[0].Connects.Enter(SlowStart.LongAgo, cluster.Opener.Clock.Now));
        }
    }

    private static TaskCompletionSource Exhausted(FakeCluster cluster)
    {
        var returned = new TaskCompletionSource();
        (cluster.Servers[0].WillConnect, cluster.Servers[0].HasIdle) = (false, false);
        cluster.Servers[0].OnOpen = () => returned.Task;
        return returned;
    }

    private static async Task IsRefusedAsync(FakeCluster cluster, Task<OpenedNode> opening, string reason)
    {
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(opening.Soon);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.IsType<TimeoutException>(refusal.InnerException, exactMatch: false);
        var state = cluster.Nodes[0].State;
        Assert.Equal((0, 0, true), (state.InFlight, state.Tally(cluster.Opener.Clock.Now, long.MinValue).Faults, state.Gate.IsClosed));
        Assert.False(cluster.Monitor.Current.Nodes[0].IsDoubted);
        Assert.Equal(new ConcurrencyLimits().Initial, state.Limit);
    }
}
