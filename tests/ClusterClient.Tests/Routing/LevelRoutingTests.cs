using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Routing;

/// <summary>The shares of levels as requests meet them, turn by turn.</summary>
public sealed class LevelRoutingTests
{
    private const int Turns = 1_000;

    /// <summary>Requests of a thousand in eu/a, eu, us (the nearest) and the rest; the caller stands in eu/a.</summary>
    [Theory]
    [InlineData("R/eu:a R/eu:b R/us R/as^90", "1000 0 0 0")]
    [InlineData("x/eu:a R/eu:b R/us R/as^90", "0 1000 0 0")]
    [InlineData("x/eu:a x/eu:b R/us R/as^90", "0 0 1000 0")]
    [InlineData("x/eu:a x/eu:b x/us R/as^90", "0 0 0 1000")]
    [InlineData("R/eu:a x/eu:a R/eu:b R/eu:b", "700 300 0 0")]
    [InlineData("R/eu:a x/eu:a x/eu:a x/eu:a R/eu:b x/eu:b x/eu:b x/eu:b R/us", "350 350 300 0")]
    [InlineData("R/eu:a x/eu:a x/eu:a x/eu:a R/eu:b x/eu:b x/eu:b x/eu:b R/us x/us x/us x/us x/us", "370 350 280 0")]
    [InlineData("R/eu:a R/eu:a x/eu:a R/us", "930 0 70 0")]
    [InlineData("R/eu:a R/eu:a R/eu:a x/eu:a R/us", "1000 0 0 0")]
    // By weight, not by number: a lost node of three fifths against four others.
    [InlineData("R/eu:a R/eu:a R/eu:a R/eu:a x/eu:a#6 R/us", "560 0 440 0")]
    [InlineData("x/eu:a R/eu:a#6 R/us", "1000 0 0 0")]
    // Stale, near its limit, ejected, doubted: as good as lost. The primary and what is denied are nobody's loss.
    [InlineData("R/eu:a R11/eu:a R/us", "700 0 300 0")]
    [InlineData("R/eu:a R%91/eu:a R/us", "700 0 300 0")]
    [InlineData("R/eu:a R%90/eu:a R/us", "1000 0 0 0")]
    [InlineData("R/eu:a R&5/eu:a R/us", "700 0 300 0")]
    [InlineData("R/eu:a R!/eu:a R/us", "700 0 300 0")]
    [InlineData("R/eu:a P/eu:a R/us", "1000 0 0 0")]
    [InlineData("x/sa^9 x/sa^9 R/eu:a R/us", "1000 0 0 0")]
    public void Choose_SomeNodesSick_LevelsGetTheirSharesExactly(string nodes, string expected)
    {
        foreach (RoutingPolicy policy in new RoutingPolicy[] { new LatencyScored(), new RoundRobin(), new PowerOfTwo() })
        {
            var table = new RoutingTable(nodes, "eu", policy);
            var counts = table.Frequencies("read eu:a -sa", Turns);
            var perLevel = new int[4];
            foreach (var node in table.Topology.Nodes)
            {
                var place = (node.Endpoint.Region, node.Endpoint.Zone);
                perLevel[place == ("eu", "a") ? 0 : place.Region == "eu" ? 1 : place.Region == "us" ? 2 : 3] += counts[node.Index];
            }

            Assert.Equal(expected, string.Join(' ', perLevel));
        }
    }

    /// <summary>Below half, and with nobody to help, sick nodes serve too rather than the well ones alone; never incoherent ones.</summary>
    [Theory]
    [InlineData("R R&9 R&9", "0 1 2")]
    [InlineData("R R%95 R%95 R%95", "0 1 2 3")]
    [InlineData("R R&9 R%95 R! R11 x ~ F D f C", "0 1 2")]
    [InlineData("R R&9 R&9 P", "0 1 2")]
    // Half of them, or with help from another region, is no panic.
    [InlineData("R R R&9 R&9", "0 1")]
    [InlineData("R R&9 R&9 R/us R/us", "0 3 4")]
    [InlineData("R R&9 R&9 R/us R&9/us R&9/us", "0 1 2 3 4 5")]
    [InlineData("R R&9 R&9 x/us", "0 1 2")]
    public void Choose_FewAreWell_PanicsOnlyWhereNobodyHelps(string nodes, string expected)
    {
        var counts = new RoutingTable(nodes, "eu", new RoundRobin()).Frequencies("read eu", 600);
        Assert.Equal(expected, string.Join(' ', counts.Index().Where(c => c.Item > 0).Select(c => c.Index)));
    }

    /// <summary>Wherever the turns stand when it is looked at: no caller meets one level for long, and then the other.</summary>
    [Fact]
    public void Choose_Shares_AreSpreadOverTheTurns()
    {
        var table = new RoutingTable("R x R/us", "eu");
        for (uint from = 0; from < 500; from += 7)
        {
            var far = Enumerable.Range(0, 10).Count(t => table.Choose("read eu", from + (uint)t) == 2);
            Assert.InRange(far, 2, 4);
        }
    }

    /// <summary>Where the load of a level falls on equals, each has as much of it, up to a percent of all.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Choose_SharesOfEquals_AreEven(int equals)
    {
        var nodes = $"R R x {string.Join(' ', Enumerable.Repeat("R/us", equals))}";
        var counts = new RoutingTable(nodes, "eu").Frequencies("read eu", Turns)[3..];
        Assert.Equal(70, counts.Sum());
        Assert.True(counts.Max() - counts.Min() <= Turns / 100, string.Join(' ', counts));
    }

    /// <summary>A primary that has died takes none of its region's reads along: it served none.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 7)]
    public void Choose_LostNodeOfTheRegion_CountsOnlyIfItWasAReplica(bool wasPrimary, int abroad)
    {
        var table = new RoutingTable("R R x R/us", here: "eu");
        var lost = new ClusterTopology(
            [.. table.Topology.Nodes.Select(n => n.Index == 2 ? n with { WasWritable = wasPrimary } : n)], table.Topology.Memory, 2);
        Assert.Equal(abroad, Enumerable.Range(0, 100).Count(t => table.Selector.Choose(table.Request("read eu", (uint)t), lost) == 3));
    }
}
