using System.Collections.Immutable;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Routing;

public sealed class FleetSubsetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(128)]
    public void Choose_FleetThatCanBeScanned_IsTakenWhole(int nodes) =>
        Assert.All(FleetSubset.Choose(Nodes("eu", nodes), 12_345), Assert.True);

    [Theory]
    [InlineData(129)]
    [InlineData(256)]
    [InlineData(300)]
    [InlineData(1_000)]
    public void Choose_LargeFleet_EveryNodeIsInEquallyManySubsets(int nodes)
    {
        var fleet = Nodes("eu", nodes);
        var clients = new int[nodes];
        for (var ordinal = 0; ordinal < 500; ordinal++)
        {
            var subset = FleetSubset.Choose(fleet, ordinal);
            Assert.InRange(subset.Count(s => s), 20, FleetSubset.Size);
            foreach (var (node, chosen) in subset.Index())
            {
                clients[node] += chosen ? 1 : 0;
            }

            Assert.True(clients.Max() - clients.Min() <= 1, $"after {ordinal + 1} clients: {clients.Min()} to {clients.Max()}");
        }
    }

    [Fact]
    public void Choose_Rounds_AreDifferentShuffles()
    {
        var fleet = Nodes("eu", 256);
        var subsets = Enumerable.Range(0, 80).Select(o => string.Concat(FleetSubset.Choose(fleet, o).Select(c => c ? '1' : '0'))).ToArray();
        Assert.Equal(80, subsets.Distinct().Count());
        Assert.Equal(subsets[17], string.Concat(FleetSubset.Choose(fleet, 17).Select(c => c ? '1' : '0')));
        Assert.Equal(256, Enumerable.Range(0, 256).Count(n => subsets[..8].Count(s => s[n] == '1') == 1));
        FleetSubset.Choose(fleet, int.MaxValue);
    }

    [Fact]
    public void Choose_Regions_EachByItself()
    {
        ImmutableArray<NodeDescription> fleet = [.. Nodes("eu", 200), .. Nodes("us", 10).Select(n => n with { Index = n.Index + 200 })];
        var subset = FleetSubset.Choose(fleet, 3);
        Assert.InRange(subset[..200].Count(s => s), 20, 32);
        Assert.All(subset[200..], Assert.True);
    }

    /// <summary>Deaths move nobody's subset: what it learnt of the others is worth keeping. When all of it is dead, any other node serves.</summary>
    [Fact]
    public void View_NodesDie_SubsetStays()
    {
        var table = new RoutingTable(string.Join(' ', Enumerable.Repeat("R", 200)), settings: new() { Ordinal = 5 });
        var mine = Enumerable.Range(0, 200).Where(i => table.View.Slots[i].IsInSubset).ToArray();
        var counts = table.Frequencies("read", mine.Length * 3);
        Assert.Equal(mine, counts.Index().Where(c => c.Item > 0).Select(c => c.Index));
        Assert.All(mine, m => Assert.Equal(3, counts[m]));

        var topology = table.Topology;
        foreach (var dead in new[] { mine[..5], mine })
        {
            topology = new(
                [.. topology.Nodes.Select(n => dead.Contains(n.Index) ? n with { Status = NodeStatus.Unreachable, Role = NodeRole.Unknown } : n)],
                topology.Memory, topology.Version + 1);
            var view = table.Selector.View(topology);
            Assert.Equal(mine, Enumerable.Range(0, 200).Where(i => view.Slots[i].IsInSubset));
            var chosen = Enumerable.Range(0, 100).Select(t => table.Selector.Choose(table.Request("read", (uint)t), topology)).Distinct().ToArray();
            Assert.DoesNotContain(chosen, dead.Contains);
            Assert.True(dead.Length == mine.Length ? chosen.Length > 50 && chosen.Min() >= 0 : chosen.All(mine.Contains));
        }
    }

    private static ImmutableArray<NodeDescription> Nodes(string region, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new NodeDescription { Index = i, Endpoint = new($"{region}{i}", 1, region) })];
}
