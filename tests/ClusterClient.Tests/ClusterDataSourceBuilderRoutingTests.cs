using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests;

/// <summary>The part of the configuration that says where things stand and where calls may go.</summary>
public sealed class ClusterDataSourceBuilderRoutingTests
{
    [Fact]
    public void Build_EverySlip_HasItsRemedy()
    {
        var builder = Builder()
            .AddNode("db3", "eu", weight: 0).AddNode("db4", "eu", weight: -1).AddNode("db5", "eu", weight: double.NaN)
            .LocatedIn("asia")
            .RestrictReads(RegionRule.Allow("eu", "mars"))
            .RestrictWrites(RegionRule.Deny("venus"))
            .Configure(o => (o.ZoneCost, o.RegionCost, o.ClientOrdinal) = (TimeSpan.FromTicks(-1), TimeSpan.FromMinutes(1.1), -1));
        var error = Assert.Throws<InvalidOperationException>(builder.Build);
        Assert.Equal(
            """
            The data source 'orders' cannot be built:
            - ZoneCost is -00:00:00.0000001; set it between zero and one minute.
            - RegionCost is 00:01:06; set it between zero and one minute.
            - ClientOrdinal is -1; set it to zero or more, or leave it out.
            - RestrictReads names 'mars', a region without nodes; the nodes are in eu, us.
            - RestrictWrites names 'venus', a region without nodes; the nodes are in eu, us.
            - LocatedIn names 'asia', a region without nodes; the nodes are in eu, us.
            - The node 'db3' has the weight 0; give it one greater than zero.
            - The node 'db4' has the weight -1; give it one greater than zero.
            - The node 'db5' has the weight NaN; give it one greater than zero.
            """.ReplaceLineEndings(),
            error.Message.ReplaceLineEndings());
    }

    [Fact]
    public void Build_MoreThanCanBeRouted_IsRefused()
    {
        var builder = new ClusterDataSourceBuilder("orders").UseDriver(() => new FakeDriver([], TimeProvider.System));
        for (var i = 0; i < 65; i++)
        {
            builder.AddNode($"db{i}", $"r{i}");
        }

        Assert.Contains(
            "There are 65 nodes in 65 regions; at most 1024 in 64 can be routed.",
            Assert.Throws<InvalidOperationException>(builder.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_SettingsAtTheirBounds_AreAccepted()
    {
        await using var source = Builder(weight: 1e-3).LocatedIn("EU", "A").RestrictReads(RegionRule.Allow("US")).RestrictWrites(RegionRule.Deny("eu"))
            .Configure(o => (o.ZoneCost, o.RegionCost, o.ClientOrdinal) = (TimeSpan.Zero, TimeSpan.FromMinutes(1), 0)).Build();
        // In the spelling of the nodes, whatever that of the rest.
        Assert.StartsWith("read from eu -> no node", source.Explain(RouteIntent.Read), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Within_RegionWithoutNodes_IsRefusedAndForRegionIsNot()
    {
        await using var source = Builder().Build();
        var error = Assert.Throws<ArgumentException>(() => source.Reads.Within(RegionRule.Allow("eu", "mars")));
        Assert.StartsWith("The rule names the region 'mars', in which no node stands; the nodes are in eu, us.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => source.Reads.Within(null!));
        Assert.Throws<ArgumentException>(() => source.Reads.ForRegion(" "));
        Assert.StartsWith("read from mars -> no node", source.Reads.ForRegion("mars").Explain(), StringComparison.Ordinal);
    }

    private static ClusterDataSourceBuilder Builder(double weight = 1)
    {
        var clock = new ManualTimeProvider();
        return new ClusterDataSourceBuilder("orders").UseDriver(() => new FakeDriver([new(), new()], clock)).UseTimeProvider(clock)
            .AddNode("db1", "eu", "a", weight: weight).AddNode("db2", "us");
    }
}
