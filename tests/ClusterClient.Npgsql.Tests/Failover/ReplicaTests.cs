using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient.Npgsql.Tests.Failover;

public sealed class ReplicaTests
{
    [Fact]
    public async Task Read_SeveralReplicas_SharesThemEvenly()
    {
        // The default keeps to the quicker one while that is free, and which of two local servers is that is chance.
        await using var s = await Scenario.StartAsync(b => b.Configure(o => o.Policy = RoutingPolicyNames.LeastInFlight));
        await s.UntilOnlineAsync();
        var reads = new Dictionary<string, int>();
        for (var i = 0; i < 100; i++)
        {
            var node = await s.ReadAsync();
            reads[node] = reads.GetValueOrDefault(node) + 1;
        }

        Assert.Equal(["eu-2", "eu-3"], reads.Keys.Order());
        Assert.All(reads.Values, count => Assert.InRange(count, 30, 70));
    }

    [Fact]
    public async Task Read_ReplicasOfOwnRegionLost_GoesToTheOtherRegion()
    {
        await using var s = await Scenario.StartAsync(eu: 2, us: 1);
        await s.UntilOnlineAsync();
        Assert.Equal("eu-2", await s.ReadAsync());
        await s.Servers["eu-2"].KillAsync();
        await s.UntilAsync("eu-2", NodeStatus.Unreachable);

        Assert.Equal("us-1", await s.ReadAsync());
    }

    [Fact]
    public async Task Read_NoReplicaLeft_GoesToThePrimary()
    {
        await using var s = await Scenario.StartAsync(eu: 2);
        await s.Servers["eu-2"].KillAsync();
        await s.UntilAsync("eu-2", NodeStatus.Unreachable);

        Assert.Equal("eu-1", await s.ReadAsync());
    }

    [Fact]
    public async Task Read_NoReplicaLeftAndPrimaryNotAllowed_IsRefused()
    {
        await using var s = await Scenario.StartAsync(
            b => b.Configure(o => (o.ReadsMayUsePrimary, o.FailoverTimeout) = (false, TimeSpan.FromSeconds(2))), eu: 2);
        await s.Servers["eu-2"].KillAsync();
        await s.UntilAsync("eu-2", NodeStatus.Unreachable);

        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => s.ReadAsync());
        Assert.Matches("eu-1 .*primary, and reads are kept off it", refusal.Explanation);
        Assert.Equal("eu-1", await s.WriteAsync(1));
    }

    [Fact]
    public async Task Topology_ReplicaKilled_IsToldByItsIdleConnectionNotByARound()
    {
        await using var s = await Scenario.StartAsync(b => b.Configure(o => o.MonitorInterval = TimeSpan.FromMinutes(1)), eu: 2);
        await s.UntilOnlineAsync();
        await s.Servers["eu-2"].KillAsync();

        await s.UntilAsync("eu-2", NodeStatus.Unreachable);
        await s.UntilEventAsync(TopologyEventKind.NodeLost, "eu-2");
    }

    [Fact]
    public async Task Read_ReplicaTooFarBehind_IsPassedOverUntilItCaughtUp()
    {
        await using var s = await Scenario.StartAsync(b => b.Configure(o =>
            (o.MaxReplicaLag, o.MonitorInterval) = (TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(50))));
        await s.UntilOnlineAsync();
        await s.Servers["eu-2"].PauseReplayAsync();
        var id = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                await s.WriteAsync(id++);
                return s.Node("eu-2").Lag > TimeSpan.FromMilliseconds(300);
            },
            Scenario.Patience);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("eu-3", await s.ReadAsync());
        }

        Assert.Matches("eu-2 .*too stale: ", s.Orders.Explain(RouteIntent.Read));
        await s.Servers["eu-2"].ResumeReplayAsync();
        await Eventually.TrueAsync(async () => await s.ReadAsync() == "eu-2", Scenario.Patience);
    }

    [Fact]
    public async Task Topology_IdlePrimary_MakesNoReplicaLookLate()
    {
        await using var s = await Scenario.StartAsync(b => b.Configure(o => o.MonitorInterval = TimeSpan.FromMilliseconds(20)), eu: 2);
        await s.WriteAsync(1);
        await s.Servers.WaitForReplicationAsync();
        await s.UntilOnlineAsync();
        var seen = s.Node("eu-2").Position;
        await Eventually.TrueAsync(() => s.Node("eu-2").Position == s.Node("eu-1").Position, Scenario.Patience);
        await Eventually.TrueAsync(() => s.Node("eu-2").Lag == TimeSpan.Zero, Scenario.Patience);

        Assert.True(s.Node("eu-2").Position >= seen);
        Assert.Equal(TimeSpan.Zero, s.Node("eu-2").Lag);
    }
}
