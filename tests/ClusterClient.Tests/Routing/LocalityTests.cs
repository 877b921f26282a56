using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

/// <summary>Near before far, and when it pays to go farther all the same.</summary>
public sealed class LocalityTests
{
    [Theory]
    [InlineData("R/eu:a R/eu:b R/us R/as^90", "0")]
    [InlineData("x/eu:a R/eu:b R/us R/as^90", "1")]
    [InlineData("x/eu:a x/eu:b R/us R/as^90", "2")]
    [InlineData("x/eu:a x/eu:b x/us R/as^90", "3")]
    [InlineData("x/eu:a x/eu:b R/as^90 R/us", "3")]
    [InlineData("R/EU:A R/eu:b R/us", "0")]
    // Nodes without a zone, or with the same name of one elsewhere, are in nobody's zone.
    [InlineData("R/eu R/eu:b R/us:a", "0 1")]
    public void Choose_ReadFromAZone_NearestLevelFirst(string nodes, string expected) => Check("read eu:a", nodes, "eu", expected);

    [Theory]
    [InlineData("read eu", "R/eu:a R/eu R/us", "0 1")]
    [InlineData("read eu:z", "R/eu:a R/eu R/us", "0 1")]
    [InlineData("read sa", "R/eu^30 R/us^20", "1")]
    [InlineData("read", "R/eu R/us R/as", "0 1 2")]
    // Nowhere in particular: the round trip is all that distance is.
    [InlineData("read", "R/eu$2^9 R/us$2^1", "1")]
    // The nearest of those that are allowed, for every policy.
    [InlineData("read eu -us", "x/eu R/us^5 R/as^90 R/sa^40", "3")]
    public void Choose_ReadFromElsewhere_NearestRegionFirst(string request, string nodes, string expected) =>
        Check(request, nodes, RoutingTable.Place(request), expected);

    /// <summary>The caller's place is what counts, not the process's: how far a node is from here says nothing of how far it is from there.</summary>
    [Theory]
    [InlineData("read us", "R/eu$1 R/us$1", "1")]
    [InlineData("read us", "R/eu$1 R/us$40", "1")]
    [InlineData("read us", "R/eu$1 x/us", "0")]
    [InlineData("read us", "R/eu$1 R/us$1*9", "1")]
    public void Choose_CallerInAnotherRegion_ItsNodesComeFirst(string request, string nodes, string expected) =>
        Check(request, nodes, "eu", expected);

    /// <summary>
    /// Away from a local node of so many ms when (way + service + cost) × 1.2 + 1 ms is less: 14 ms abroad is worth 17.8 here.
    /// </summary>
    [Theory]
    [InlineData("R$17.4 R$2/us", 0, 0, "0")]
    [InlineData("R$17.6 R$2/us", 0, 0, "1")]
    [InlineData("R$17.6 R$2/us", 0, 1, "0")]
    [InlineData("R$18.6 R$2/us", 0, 1, "0")]
    [InlineData("R$18.8 R$2/us", 0, 1, "1")]
    // A caller without a zone leaves none.
    [InlineData("R$17.6 R$2/us", 1, 0, "1")]
    [InlineData("R$18.6 R$2/us", 1, 1, "0")]
    [InlineData("R$18.8 R$2/us", 1, 1, "1")]
    // One of them is enough to stay for, and what is in flight here counts by the honest toll: a few are no reason.
    [InlineData("R$2 R$40 R$2/us", 0, 0, "0")]
    [InlineData("R$2*1 R$2/us", 0, 0, "0")]
    [InlineData("R$2*2 R$2/us", 0, 0, "0")]
    [InlineData("R$2*3 R$2/us", 0, 0, "1")]
    // What has been out for long counts: a node that freezes is left before it answers.
    [InlineData("R$2*1@6.6 R$2/us", 0, 0, "0")]
    [InlineData("R$2*1@6.8 R$2/us", 0, 0, "1")]
    public void Choose_LocalIsSlow_GoesFarWhenItPays(string nodes, int zoneCost, int regionCost, string expected) =>
        Check("read eu", nodes, "eu", expected, zoneCost, regionCost);

    [Theory]
    // (.3 + 2) × 1.2 + 1 = 3.76 ms in the next zone, whose cost is asked on top.
    [InlineData("R$3.4/eu:a R$2/eu:b", 0, "0")]
    [InlineData("R$3.5/eu:a R$2/eu:b", 0, "1")]
    [InlineData("R$3.5/eu:a R$2/eu:b", 1, "0")]
    [InlineData("R$4.6/eu:a R$2/eu:b", 1, "0")]
    [InlineData("R$4.7/eu:a R$2/eu:b", 1, "1")]
    // Zone, region, nearest: each step must pay against where the one before led.
    [InlineData("R$99/eu:a R$30/eu:b R$2/us", 0, "2")]
    [InlineData("R$99/eu:a R$17/eu:b R$2/us", 0, "1")]
    [InlineData("R$99/eu:a R$30/eu:b R$20/us R$5/as^20", 0, "1")]
    [InlineData("R$99/eu:a R$40/eu:b R$30/us^2 R$1/as^20", 0, "3")]
    // A sick node or a doubted one is no bargain.
    [InlineData("R$99/eu:a R$1!/eu:b R$2&9/us", 0, "0")]
    public void Choose_ZoneIsSlow_GoesFarWhenItPays(string nodes, int zoneCost, string expected) =>
        Check("read eu:a", nodes, "eu", expected, zoneCost);

    private static void Check(string request, string nodes, string? here, string expected, int zoneCost = 0, int regionCost = 0)
    {
        var settings = new LocalitySettings { ZoneCost = zoneCost * 1000, RegionCost = regionCost * 1000 };
        var table = new RoutingTable(nodes, here, settings: settings);
        var chosen = Enumerable.Range(0, 60).Select(t => table.Choose(request, (uint)t)).Distinct().Order();
        Assert.Equal(expected, string.Join(' ', chosen));
    }
}
