using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>When an open that failed is a load on a sick node, and costs budget, and when it is not.</summary>
public sealed class OpenBudgetTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly RetryPolicy NoBudget = new() { BudgetRatio = 0, BudgetPerSecond = 0 };

    [Fact]
    public async Task OpenAsync_NodeFailedAndIsWhatItWas_WaitsForTheBudget()
    {
        await using var cluster = new FakeCluster(1, Timeout, retry: NoBudget).Sees("P1@9");
        cluster.Servers[0].Refuses(new FakeFault(FaultKind.ConnectionLost));
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        cluster.Servers[0].OnOpen = () => Task.CompletedTask;
        cluster.Sees("P1@9");

        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(100), Timeout * 2, () => opening.IsCompleted);

        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => opening);
        Assert.Contains("the retry budget was spent", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, cluster.Servers[0].Opens);
        Assert.Equal("0", cluster.InFlight);
    }

    [Fact]
    public async Task OpenAsync_NodeFailedThatWasWaitedFor_WaitsForTheBudget()
    {
        await using var cluster = new FakeCluster(1, Timeout, retry: NoBudget).Sees("R1@9");
        cluster.Servers[0].Refuses(new FakeFault(FaultKind.ConnectionLost));
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        cluster.Sees("P2@9/9");
        await Until.TrueAsync(() => cluster.Monitor.Current.Nodes[0].IsDoubted);
        cluster.Servers[0].OnOpen = () => Task.CompletedTask;
        cluster.Sees("P2@9/9");

        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(100), Timeout * 2, () => opening.IsCompleted);

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => opening);
        Assert.Equal(1, cluster.Servers[0].Opens);
    }

    [Fact]
    public async Task OpenAsync_NodeFailedAndCameBack_IsNoRetry()
    {
        await using var cluster = new FakeCluster(1, Timeout, retry: NoBudget).Sees("P1@9");
        cluster.Servers[0].Refuses(new FakeFault(FaultKind.ConnectionLost));
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        cluster.Servers[0].OnOpen = () => Task.CompletedTask;
        cluster.Sees("x").Sees("P1@9");

        Assert.Equal(0, (await opening.Soon()).Node.Index);
        Assert.Equal(2, cluster.Servers[0].Opens);
    }

    [Fact]
    public async Task OpenAsync_AnotherNodeServes_IsNoRetry()
    {
        await using var cluster = new FakeCluster(2, Timeout, retry: NoBudget).Sees("P1@9 R1@9");
        cluster.Servers[1].Refuses(new FakeFault(FaultKind.Overloaded));

        Assert.Equal(0, (await cluster.OpenAsync(RouteIntent.Read, default).AsTask().Soon()).Node.Index);
    }

    [Fact]
    public async Task OpenAsync_NodeIsOutOfConnections_IsAskedAgainWithinTheBudget()
    {
        await using var cluster = new FakeCluster(1, Timeout, retry: RetryPolicy.Default).Sees("P1@9");
        cluster.Servers[0].Refuses(new FakeFault(FaultKind.Overloaded));
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(10), Timeout, () => cluster.Servers[0].Opens >= 3);
        Assert.False(cluster.Monitor.Current.Nodes[0].IsDoubted);
        cluster.Servers[0].OnOpen = () => Task.CompletedTask;

        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(10), Timeout, () => opening.IsCompleted);

        Assert.Equal(0, (await opening).Node.Index);
    }
}
