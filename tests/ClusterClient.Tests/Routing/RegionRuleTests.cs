using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

public sealed class RegionRuleTests
{
    [Theory]
    [InlineData("none", "eu us as", "any region")]
    [InlineData("allow eu", "eu", "only eu")]
    [InlineData("allow US EU", "eu us", "only EU, US")]
    [InlineData("deny us", "eu as", "any region but us")]
    [InlineData("deny us As us", "eu", "any region but As, us")]
    public void Allows_Rule_IsWithoutRegardToCase(string words, string allowed, string text)
    {
        var rule = Rule(words);
        Assert.Equal(allowed, string.Join(' ', new[] { "eu", "us", "as" }.Where(rule.Allows)));
        Assert.Equal(allowed, string.Join(' ', new[] { "eu", "us", "as" }.Where(r => rule.Allows(r.ToUpperInvariant()))));
        Assert.Equal(text, rule.ToString());
    }

    [Fact]
    public void Rule_WithoutRegions_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => RegionRule.Allow());
        Assert.Throws<ArgumentException>(() => RegionRule.Deny());
        Assert.Throws<ArgumentException>(() => RegionRule.Allow("eu", " "));
        Assert.Throws<ArgumentNullException>(() => RegionRule.Deny(null!));
        Assert.Throws<ArgumentException>(() => RegionRule.None.Allows(""));
    }

    /// <summary>It is the first question and has no exception: not in panic, not when nothing else is left, not for the primary.</summary>
    [Theory]
    [InlineData("read eu", "R R/us", "0")]
    [InlineData("read eu -eu", "R R/us", "1")]
    [InlineData("read eu -us", "R*60000$9 R/us$1", "0")]
    [InlineData("read eu -us", "x R/us R/as^200", "2")]
    [InlineData("read eu -us", "x R/us", "none")]
    [InlineData("read eu -us", "R! R/us", "0")]
    [InlineData("read eu -us", "R&9 R%99 R/us", "1")]
    [InlineData("read eu -us", "R11 P/us R/us", "none")]
    [InlineData("read eu -us", "R&9 R P/us R/us", "1")]
    [InlineData("read eu -us", "R R&9 R&9 R&9 R/us", "0 1 2 3")]
    [InlineData("read -us -eu", "P R/us", "none")]
    [InlineData("write eu -us", "P R/us", "0")]
    [InlineData("write eu -us", "R P/us", "none")]
    [InlineData("write -eu -us", "P R/us", "none")]
    public void Choose_DeniedRegion_IsNeverGoneTo(string request, string nodes, string expected)
    {
        var table = new RoutingTable(nodes, "eu");
        var chosen = Enumerable.Range(0, 60).Select(t => table.Choose(request, (uint)t)).Distinct().Order();
        Assert.Equal(expected, string.Join(' ', chosen.Select(c => c < 0 ? "none" : $"{c}")));
    }

    [Fact]
    public void Within_Rules_AddUp()
    {
        var table = new RoutingTable("P R/us R/as");
        var scope = table.Scope("read eu").Within(RegionRule.Deny("us"), table.Geography);
        Assert.Equal("eu as", Allowed(scope));
        Assert.Equal("eu", Allowed(scope.Within(RegionRule.Allow("EU", "us"), table.Geography)));
        Assert.Equal("", Allowed(scope.Within(RegionRule.Allow("us"), table.Geography)));
        Assert.Equal("eu as", Allowed(scope.Within(RegionRule.None, table.Geography)));
        Assert.Equal("eu as", Allowed(scope));

        string Allowed(RouteScope of) => string.Join(' ', table.Geography.Regions.Where((_, i) => (of.Denied >> i & 1) == 0));
    }

    /// <summary>As many as there are bits for.</summary>
    [Fact]
    public void Denied_MostRegions_EachHasItsBit()
    {
        var regions = Enumerable.Range(0, Geography.MaxRegions).Select(i => $"r{i}").ToArray();
        var table = new RoutingTable(string.Join(' ', regions.Select(r => $"R/{r}")));
        for (var i = 0; i < regions.Length; i++)
        {
            Assert.Equal(1ul << i, table.Geography.Denied(RegionRule.Deny(regions[i])));
            Assert.Equal(i, table.Choose($"read {regions[(i + 1) % regions.Length]} {string.Join(' ', regions.Where(r => r != regions[i]).Select(r => $"-{r}"))}"));
        }
    }

    private static RegionRule Rule(string words)
    {
        var split = words.Split(' ');
        return split[0] switch
        {
            "allow" => RegionRule.Allow(split[1..]),
            "deny" => RegionRule.Deny(split[1..]),
            _ => RegionRule.None,
        };
    }
}
