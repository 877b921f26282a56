using System.Collections.Immutable;
using System.Globalization;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Routing;

public sealed class NearestRegionsTests
{
    private static readonly NodeDescription Any = new RoutingTable("R").Topology.Nodes[0];

    /// <summary>Snapshots one after the other, with the round trip in ms of regions 0, 1, …, or x; then the order after the last.</summary>
    [Theory]
    [InlineData("3 2 1", "2 1 0")]
    [InlineData("1 x 2", "0 2 1")]
    [InlineData("x x x", "0 1 2")]
    // Nearer by less than a fifth and a millisecond: things stay as they were.
    [InlineData("10 20 | 20 16", "0 1")]
    [InlineData("10 20 | 20 15.9", "0 1")]
    [InlineData("10 20 | 20 15.8", "1 0")]
    [InlineData("10 20 | 1.1 0.2", "0 1")]
    [InlineData("10 20 | 20 15.8 | 15.8 20", "0 1")]
    [InlineData("10 20 | 20 15.8 | 18 19", "1 0")]
    // A region that is lost loses its place, and has it back only when it is worth it.
    [InlineData("10 12 | x 12", "1 0")]
    [InlineData("10 12 | x 12 | 10 12", "1 0")]
    [InlineData("10 20 | x 20 | 10 20", "0 1")]
    [InlineData("x x | x 9", "1 0")]
    // A decisive one goes past those between, though it beats them by less.
    [InlineData("1 2 3 | 20 18 15.5", "2 0 1")]
    public void Order_Snapshots_OvertakesOnlyDecisively(string snapshots, string expected)
    {
        ImmutableArray<byte>? order = null;
        foreach (var snapshot in snapshots.Split(" | "))
        {
            order = Order([.. snapshot.Split(' ').Select(t => t == "x" ? float.NaN : float.Parse(t, CultureInfo.InvariantCulture))], order);
        }

        Assert.Equal(expected, string.Join(' ', order!.Value));
    }

    [Fact]
    public void Order_TwoAsFarAsEachOther_DoNotSwapForNoise()
    {
        var random = new Random(20_260_821);
        ImmutableArray<byte>? order = null;
        var first = Order([12, 12], null);
        order = first;
        for (var snapshot = 0; snapshot < 1_000; snapshot++)
        {
            order = Order([Noisy(), Noisy()], order);
            Assert.Equal(first, order.Value);
        }

        // Decisively nearer for once, and it stays so under the same noise.
        order = Order([12, 8], order);
        Assert.Equal("1 0", string.Join(' ', order.Value));
        for (var snapshot = 0; snapshot < 1_000; snapshot++)
        {
            order = Order([Noisy(), Noisy()], order);
            Assert.Equal("1 0", string.Join(' ', order.Value));
        }

        float Noisy() => 12 * (.9f + (.2f * random.NextSingle()));
    }

    /// <summary>However many there are: the first is never farther than the nearest by more than the margin.</summary>
    [Fact]
    public void Order_ManyRegions_FirstIsWithinTheMargin()
    {
        var random = new Random(7);
        ImmutableArray<byte>? order = null;
        for (var snapshot = 0; snapshot < 2_000; snapshot++)
        {
            float[] away = [.. Enumerable.Range(0, 8).Select(_ => 5 + (20 * random.NextSingle()))];
            order = Order(away, order);
            Assert.Equal(8, order.Value.Distinct().Count());
            Assert.True(away[order.Value[0]] <= (away.Min() * 1.2f) + 1.001f, string.Join(' ', away));
        }
    }

    /// <summary>The region's nearest node counts, and only ones that are online.</summary>
    [Fact]
    public void NearestTo_View_FollowsTheSnapshots()
    {
        var table = new RoutingTable("R/eu R/us^12 R/us^40 R/as^13");
        var view = table.View;
        Assert.Equal(1, view.NearestTo(table.Request("read eu")));
        Assert.Equal(0, view.NearestTo(table.Request("read us")));
        Assert.Equal(2, view.NearestTo(table.Request("read eu -us")));
        Assert.Equal(-1, view.NearestTo(table.Request("read eu -us -as")));
        Assert.Equal(0, view.NearestTo(table.Request("read nowhere")));

        var lost = table.Topology.Nodes[1] with { Status = NodeStatus.Silent, Role = NodeRole.Unknown };
        var next = new ClusterTopology(table.Topology.Nodes.SetItem(1, lost), table.Topology.Memory, 2);
        Assert.Equal(2, table.Selector.View(next).NearestTo(table.Request("read eu")));
    }

    private static ImmutableArray<byte> Order(float[] away, ImmutableArray<byte>? previous) => NearestRegions.Order(
        [.. away.Select((ms, i) => new NodeSlot
        {
            Node = Any,
            Region = (byte)i,
            Role = float.IsNaN(ms) ? NodeRole.Unknown : NodeRole.Replica,
            RoundTrip = float.IsNaN(ms) ? 1 : ms * 1000,
        })],
        away.Length,
        previous);
}
