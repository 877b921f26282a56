using System.Collections.Immutable;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Routing;

public sealed class ScanOrderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(24, 24)]
    [InlineData(47, 47)]
    [InlineData(48, 24)]
    [InlineData(71, 36)]
    [InlineData(100, 25)]
    [InlineData(1_000, 25)]
    public void Part_Nodes_IsAllOfFewAndAFewOfMany(int nodes, int part) => Assert.Equal(part, ScanOrder.Part(nodes));

    [Theory]
    [InlineData(48)]
    [InlineData(100)]
    [InlineData(256)]
    [InlineData(1_000)]
    public void Of_LargeFleet_EveryNodeIsInEquallyManyParts(int nodes)
    {
        var fleet = Nodes("eu", nodes);
        var clients = new int[nodes];
        var round = nodes / ScanOrder.Least;
        for (var ordinal = 0; ordinal < 10 * round; ordinal++)
        {
            var order = ScanOrder.Of(fleet, ordinal);
            Assert.Equal(nodes, order.Distinct().Count());
            foreach (var node in order[..(((ordinal % round + 1) * nodes / round) - (ordinal % round * nodes / round))])
            {
                clients[node]++;
            }

            Assert.True(clients.Max() - clients.Min() <= 1, $"after {ordinal + 1} clients: {clients.Min()} to {clients.Max()}");
        }
    }

    [Fact]
    public void Of_Rounds_AreDifferentShuffles()
    {
        var fleet = Nodes("eu", 256);
        var orders = Enumerable.Range(0, 80).Select(o => string.Join(' ', ScanOrder.Of(fleet, o))).ToArray();
        Assert.Equal(80, orders.Distinct().Count());
        Assert.Equal(orders[17], string.Join(' ', ScanOrder.Of(fleet, 17)));
        Assert.Equal(256, ScanOrder.Of(fleet, int.MaxValue).Length);
    }

    [Fact]
    public void Of_Regions_EachByItself()
    {
        ImmutableArray<NodeDescription> fleet = [.. Nodes("eu", 200), .. Nodes("us", 10).Select(n => n with { Index = n.Index + 200 })];
        var order = ScanOrder.Of(fleet, 3);
        Assert.All(order[..200], i => Assert.InRange(i, 0, 199));
        Assert.Equal(Enumerable.Range(200, 10).Select(i => (ushort)i), order[200..]);
    }

    /// <summary>Deaths move nobody's part: what it learnt of the others is worth keeping. When all of it is dead, the next ones serve.</summary>
    [Fact]
    public void View_NodesDie_OrderStays()
    {
        var table = new RoutingTable(string.Join(' ', Enumerable.Repeat("R", 200)), settings: new() { Ordinal = 5 });
        var mine = table.View.Order[..ScanOrder.Part(200)].ToArray();
        var counts = table.Frequencies("read", mine.Length * 3);
        Assert.Equal(mine.Order(), counts.Index().Where(c => c.Item > 0).Select(c => (ushort)c.Index));
        Assert.All(mine, m => Assert.Equal(3, counts[m]));

        var topology = table.Topology;
        foreach (var dead in new[] { mine[..5], mine })
        {
            topology = new(
                [.. topology.Nodes.Select(n => dead.Contains((ushort)n.Index) ? n with { Status = NodeStatus.Unreachable, Role = NodeRole.Unknown } : n)],
                topology.Memory, topology.Version + 1);
            Assert.True(table.View.Order.SequenceEqual(table.Selector.View(topology).Order));
            var chosen = Enumerable.Range(0, 100).Select(t => table.Selector.Choose(table.Request("read", (uint)t), topology)).Distinct().ToArray();
            Assert.DoesNotContain(chosen, c => dead.Contains((ushort)c));
            Assert.InRange(chosen.Length, 20, 35);
        }
    }

    private static ImmutableArray<NodeDescription> Nodes(string region, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new NodeDescription { Index = i, Endpoint = new($"{region}{i}", 1, region) })];
}
