using ClusterClient.Consistency;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>Calls that only a node could serve where they may not go; nodes a and b stand in eu, c and d in us.</summary>
public sealed class RegionRefusalTests
{
    private const ulong Us = 2;
    private static readonly TimeSpan FailoverTimeout = TimeSpan.FromSeconds(30);
    private readonly List<RegionRefusal> _told = [];
    private readonly ListLogger _log = new();

    [Fact]
    public async Task OpenAsync_PrimaryInADeniedRegion_IsRefusedAtOnceAndTold()
    {
        await using var cluster = Cluster(Us).Sees("R1@9 R1@9 P1@9 R1@9");
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => cluster.OpenAsync(RouteIntent.Write, default).AsTask());
        Assert.StartsWith(
            "orders: no connection to the primary: the region rule allows no node that could serve it, and waiting changes no region.",
            refusal.Message, StringComparison.Ordinal);
        Assert.True(refusal.IsRegionDenied);
        Assert.Contains("us is not allowed for writes by the region rule", refusal.Explanation, StringComparison.Ordinal);

        var told = Assert.Single(_told);
        Assert.Equal(("orders", RouteIntent.Write, "c", refusal.Explanation), (told.Cluster, told.Intent, told.Denied.Single().Endpoint.Name, told.Explanation));
        Assert.Equal(
            "Warning 22: orders: refused a write that only c in us could have served: the region rule does not allow them", Assert.Single(_log.Lines));
        Assert.All(cluster.Servers, s => Assert.Equal(0, s.Opens));
        Assert.Throws<ClusterUnavailableException>(() => cluster.Open(RouteIntent.Write));
        Assert.Equal(2, _told.Count);
    }

    [Fact]
    public async Task OpenAsync_NoPrimaryAnywhere_WaitsAndIsNoMatterOfRegions()
    {
        await using var cluster = Cluster(Us).Sees("R1@9 R1@9 x R1@9");
        var refusal = await AfterTheTimeout(cluster, RouteIntent.Write);
        Assert.False(refusal.IsRegionDenied);
        Assert.Empty(_told);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task OpenAsync_FailoverIntoADeniedRegion_RefusesThoseThatWait()
    {
        await using var cluster = Cluster(Us).Sees("R1@9 R1@9 R1@9 R1@9");
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        cluster.Sees("x . . .");
        Assert.False(opening.IsCompleted);
        cluster.Sees(". . P2@9/9 .");
        Assert.True((await Assert.ThrowsAsync<ClusterUnavailableException>(opening.Soon)).IsRegionDenied);
        Assert.Single(_told);
    }

    [Fact]
    public async Task OpenAsync_FailoverOutOfADeniedRegion_IsServedAgain()
    {
        await using var cluster = Cluster(Us).Sees("R1@9 R1@9 P1@9 R1@9");
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => cluster.OpenAsync(RouteIntent.Write, default).AsTask());
        cluster.Sees("P2@9/9 . x .");
        Assert.Equal(0, (await cluster.OpenAsync(RouteIntent.Write, default)).Node.Index);
    }

    /// <summary>Those allowed may come back, so the call waits for them; the ones denied do not serve it meanwhile.</summary>
    [Theory]
    [InlineData("x ~ P1@9 R1@9", "c d")]
    [InlineData("x x x R1@9", "d")]
    public async Task OpenAsync_EveryAllowedNodeIsDown_WaitsAndThenTells(string nodes, string denied)
    {
        await using var cluster = Cluster(Us).Sees(nodes);
        var refusal = await AfterTheTimeout(cluster, RouteIntent.Read);
        Assert.True(refusal.IsRegionDenied);
        Assert.Equal(denied, string.Join(' ', Assert.Single(_told).Denied.Select(n => n.Endpoint.Name)));
        Assert.All(cluster.Servers, s => Assert.Equal(0, s.Opens));

        var opening = cluster.OpenAsync(RouteIntent.Read, default).AsTask();
        cluster.Sees(". R1@9 . .");
        Assert.Equal(1, (await opening.Soon()).Node.Index);
        Assert.Single(_told);
    }

    [Theory]
    // Down as well; not seen yet; the primary, which is not for reads; too far behind.
    [InlineData("x x x ~")]
    [InlineData("x x . .")]
    [InlineData("x x P1@9 x")]
    [InlineData("x x P1@100 R1@9")]
    public async Task OpenAsync_DeniedNodeCouldNotServeEither_IsNoMatterOfRegions(string nodes)
    {
        await using var cluster = Cluster(Us, readsMayUsePrimary: false).Sees(nodes);
        cluster.Clock.Advance(TimeSpan.FromSeconds(20));
        cluster.Sees(nodes.Replace("P1@100", "P1@200", StringComparison.Ordinal));
        Assert.False((await AfterTheTimeout(cluster, RouteIntent.Read)).IsRegionDenied);
        Assert.Empty(_told);
    }

    [Fact]
    public async Task OpenAsync_EveryRegionDenied_IsRefusedAtOnce()
    {
        await using var cluster = Cluster(Us | 1).Sees("P1@9 R1@9 R1@9 x");
        Assert.True((await Assert.ThrowsAsync<ClusterUnavailableException>(() => cluster.OpenAsync(RouteIntent.Read, default).AsTask())).IsRegionDenied);
        Assert.Throws<ClusterUnavailableException>(() => cluster.Open(RouteIntent.Read));
        Assert.Equal(["a b c", "a b c"], _told.Select(t => string.Join(' ', t.Denied.Select(n => n.Endpoint.Name))));
    }

    [Fact]
    public async Task OpenAsync_HandlerThrows_ChangesNothing()
    {
        await using var cluster = Cluster(Us, handler: _ => throw new IOException("the audit's disk is full")).Sees("R1@9 R1@9 P1@9 R1@9");
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => cluster.OpenAsync(RouteIntent.Write, default).AsTask());
        Assert.True(refusal.IsRegionDenied);
        Assert.Equal("Error 93: orders: a region refusal handler threw; the call was refused all the same", _log.Lines.Last());
    }

    [Fact]
    public async Task Views_NarrowedOrForAnother_DecideByTheirOwnRule()
    {
        await using var cluster = Cluster(0).Sees("P1@9 R1@9 R1@9 R1@9");
        var eu = cluster.Reads.Within(RegionRule.Allow("EU"));
        for (var i = 0; i < 6; i++)
        {
            await using var inEu = await eu.OpenConnectionAsync();
            Assert.Equal("b", inEu.NodeName);
            await using var forUs = await cluster.Reads.ForRegion("us").OpenConnectionAsync();
            Assert.Contains(forUs.NodeName, new[] { "c", "d" });
        }

        var nowhere = eu.Within(RegionRule.Allow("us"));
        Assert.True((await Assert.ThrowsAsync<ClusterUnavailableException>(() => nowhere.OpenConnectionAsync().AsTask())).IsRegionDenied);
        Assert.True(Assert.Throws<ClusterUnavailableException>(() => cluster.Writes.Within(RegionRule.Deny("eu")).OpenConnection()).IsRegionDenied);
        // The views that they come from are as they were.
        await using var write = await cluster.Writes.OpenConnectionAsync();
        Assert.Equal("a", write.NodeName);
        Assert.Equal(2, _told.Count);
        _ = nowhere.Explain();
        Assert.Equal(2, _told.Count);
    }

    private FakeCluster Cluster(ulong denied, bool readsMayUsePrimary = true, Action<RegionRefusal>? handler = null)
    {
        var eu = new Geography(TopologyScript.Nodes(4)).Locate("eu", null);
        return new(
            4,
            FailoverTimeout,
            scope: new() { Caller = eu, Here = eu, CallerRegion = "eu" },
            onRefusal: handler ?? _told.Add,
            logger: _log,
            terms: FakeCluster.Terms with { ReadsMayUsePrimary = readsMayUsePrimary, DeniedReads = denied, DeniedWrites = denied });
    }

    private static async Task<ClusterUnavailableException> AfterTheTimeout(FakeCluster cluster, RouteIntent intent)
    {
        var opening = cluster.OpenAsync(intent, default).AsTask();
        cluster.Clock.Advance(FailoverTimeout - TimeSpan.FromMilliseconds(1));
        await Task.Yield();
        Assert.False(opening.IsCompleted);
        cluster.Clock.Advance(TimeSpan.FromMilliseconds(2));
        return await Assert.ThrowsAsync<ClusterUnavailableException>(opening.Soon);
    }
}
