using System.Data;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

public sealed class PreWarmerTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private readonly LogLines _log = new();

    [Fact]
    public async Task WarmAsync_ANode_OpensTwoAtATimeHoldsThemAndGivesThemBack()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        var server = cluster.Servers[1];
        var (pending, most, held) = (0, 0, 0);
        server.OnOpen = async () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref pending));
            await Task.Delay(Step, cluster.Clock);
            Interlocked.Decrement(ref pending);
            held = Math.Max(held, Open(server) + 1);
        };
        await WarmAsync(cluster, [(1, 5)]);
        Assert.Equal((5, 2, 5, 0), (server.Opens, most, held, Open(server)));
        Assert.All(server.Connections, c => Assert.True(c.IsDisposed));
        Assert.Equal((0, "0 0"), (cluster.Servers[0].Opens, cluster.InFlight));
        Assert.Equal("Debug: orders: opened 5 connections to b ahead of the load that is expected", Assert.Single(_log.Lines));
    }

    [Fact]
    public async Task WarmAsync_SomeInUse_OpensTheRest()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        await using var used = await cluster.Reads.OpenConnectionAsync();
        await WarmAsync(cluster, [(1, 3)]);
        Assert.Equal(3, cluster.Servers[1].Opens);
    }

    [Fact]
    public async Task WarmAsync_SmallPool_LeavesHalfOfItToItsUsers()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        cluster.Servers[0].PoolLimit = 6;
        await WarmAsync(cluster, [(0, 16)]);
        Assert.Equal(3, cluster.Servers[0].Opens);
    }

    [Fact]
    public async Task WarmAsync_OpenFails_LeavesItAtThatAndDoubtsNobody()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        cluster.Servers[0].Refuses(new FakeFault(FaultKind.ConnectionLost));
        await WarmAsync(cluster, [(0, 8), (1, 2)]);
        Assert.Equal((2, 2), (cluster.Servers[0].Opens, cluster.Servers[1].Opens));
        Assert.False(cluster.Monitor.Current.Nodes[0].IsDoubted);
        Assert.Equal(2, _log.Lines.Count(l => l == "Debug: orders: could not open a connection to a ahead of the load; leaving it at that"));
        Assert.All(cluster.Servers[0].Connections, c => Assert.True(c.IsDisposed));
    }

    [Fact]
    public async Task WarmAsync_OpenHangs_IsLeftAfterItsTimeAndClosedWhenItEnds()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        var letIn = new TaskCompletionSource();
        cluster.Servers[0].OnOpen = () => letIn.Task;
        var began = cluster.Clock.GetTimestamp();
        await WarmAsync(cluster, [(0, 8), (1, 2)]);
        Assert.InRange(cluster.Clock.GetElapsedTime(began), PreWarmer.OpenTimeout, PreWarmer.OpenTimeout * 1.5);
        Assert.Equal(2, cluster.Servers[1].Opens);
        letIn.SetResult();
        await Until.TrueAsync(() => cluster.Servers[0].Connections.All(c => c.IsDisposed));
    }

    [Fact]
    public async Task WarmAsync_NodeIsLostMeanwhile_StopsAndDropsThePool()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        cluster.Servers[1].OnOpen = () =>
        {
            cluster.Sees(". ~");
            return Task.CompletedTask;
        };
        await WarmAsync(cluster, [(1, 8)]);
        Assert.Equal((2, 1), (cluster.Servers[1].Opens, cluster.Servers[1].PoolClears));
    }

    [Fact]
    public async Task WarmAsync_OthersFillTheServerMeanwhile_Stops()
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        Report(cluster, connections: 20);
        cluster.Servers[1].OnOpen = () =>
        {
            Report(cluster, connections: cluster.Servers[1].Opens < 3 ? 30 : 98);
            return Task.CompletedTask;
        };
        await WarmAsync(cluster, [(1, 16)]);
        Assert.Equal((4, 0), (cluster.Servers[1].Opens, cluster.Servers[1].PoolClears));

        static void Report(FakeCluster cluster, int connections)
        {
            var answer = Sightings.Answer("R1@9", cluster.Clock.GetTimestamp());
            cluster.Monitor.Report(1, answer with { Facts = answer.Facts! with { Connections = connections, ConnectionLimit = 100 } });
        }
    }

    [Fact]
    public async Task WarmAsync_Stopped_GivesBackWhatItHolds()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        using var stop = new CancellationTokenSource();
        var warming = Warmer(cluster).WarmAsync([(0, 8)], stop.Token);
        Assert.Equal(2, Open(cluster.Servers[0]));
        await stop.CancelAsync();
        await warming.Soon();
        Assert.Equal((2, 0), (cluster.Servers[0].Opens, Open(cluster.Servers[0])));
    }

    [Theory]
    // Nodes: P in eu, R in eu, R in us; which of them may be prepared.
    [InlineData("P1@9 R1@9 R1@9", "none", "none", true, "0 1 2")]
    [InlineData("P1@9 R1@9 R1@9", "us", "none", true, "0 1")]
    [InlineData("P1@9 R1@9 R1@9", "eu", "none", true, "0 2")]
    [InlineData("P1@9 R1@9 R1@9", "eu", "eu", true, "2")]
    [InlineData("P1@9 R1@9 R1@9", "none", "eu", true, "0 1 2")]
    [InlineData("P1@9 R1@9 R1@9", "none", "eu", false, "1 2")]
    [InlineData("P1@9 x ~", "none", "none", true, "0")]
    [InlineData("P1@9 t:R1@9 R1@9", "none", "none", true, "0 2")]
    public async Task MayServe_ByRoleAndRegionRule(string sees, string noReads, string noWrites, bool primaryReads, string expected)
    {
        var regions = new Geography(TopologyScript.Nodes(3));
        await using var cluster = new FakeCluster(3, terms: FakeCluster.Terms with
        {
            ReadsMayUsePrimary = primaryReads,
            DeniedReads = Denied(noReads),
            DeniedWrites = Denied(noWrites),
        }).Sees(sees);
        var warmer = Warmer(cluster);
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, 3).Where(warmer.MayServe)));

        ulong Denied(string region) => region == "none" ? 0 : regions.Denied(RegionRule.Deny(region));
    }

    [Fact]
    public async Task MayServe_DoubtedNode_MayNot()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        Assert.True(Warmer(cluster).MayServe(0));
        cluster.Monitor.Doubt(0);
        Assert.False(Warmer(cluster).MayServe(0));
    }

    private PreWarmer Warmer(FakeCluster cluster) => new(
        "orders", cluster.Nodes, cluster.Monitor, cluster.Opener.Selector, cluster.Scope, new ScriptedRandom(0.5), cluster.Clock, _log);

    private async Task WarmAsync(FakeCluster cluster, List<(int Node, double Concurrency)> targets)
    {
        var warming = Warmer(cluster).WarmAsync(targets, CancellationToken.None);
        await Until.TrueAsync(cluster.Clock, Step, TimeSpan.FromSeconds(30), () => warming.IsCompleted);
        await warming;
    }

    private static int Open(FakeServer server)
    {
        lock (server.Connections)
        {
            return server.Connections.Count(c => c.State == ConnectionState.Open);
        }
    }
}
