using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

/// <summary>What holds for any view, any request and any policy.</summary>
public sealed class RoutePropertyTests
{
    private static readonly string[] Kinds = ["P", "R", "R", "R", "R", "R11", "R3", "x", "~", "C", "F", "D", "f", "u"];
    private static readonly string[] Places = ["eu", "eu:a", "eu:b", "us", "us:a", "as"];
    private static readonly string[] Requests =
        ["write", "write us -eu", "read", "read us", "read eu:a", "read nowhere", "read replicas", "read eu:b -us", "read -eu -as", "read eu -eu -us -as replicas"];

    [Theory]
    [ClassData(typeof(AllPolicies))]
    public void Choose_AnyView_NeverAFilteredNodeAndAlwaysOneIfAnyMayServe(string policy)
    {
        var random = new Random(20_260_821);
        for (var run = 0; run < 2_500; run++)
        {
            var words = Enumerable.Range(0, random.Next(1, 10)).Select(_ => Word(random)).ToArray();
            // One primary at most, as the resolver has it.
            for (int i = Array.FindIndex(words, w => w[0] == 'P') + 1; i > 0 && i < words.Length; i++)
            {
                words[i] = words[i].Replace('P', 'R');
            }

            var table = new RoutingTable(string.Join(' ', words), random.Next(2) == 0 ? "eu" : null, AllPolicies.Named(policy));
            var asked = Requests[random.Next(Requests.Length)];
            var request = table.Request(Known(asked, table), (uint)random.Next());
            var chosen = table.Selector.Choose(request, table.Topology);
            var verdicts = table.Topology.Nodes.Select(n => RouteFilter.Judge(request, table.View.Slots[n.Index], table.States[n.Index])).ToArray();
            var context = $"{policy}, {asked}: {string.Join(' ', words)} -> {chosen}";

            var worst = request.Intent == RouteIntent.Write ? RouteVerdict.Eligible : RouteVerdict.DoubtedPrimary;
            Assert.True(chosen >= 0 || verdicts.All(v => v > worst), context);
            if (chosen < 0)
            {
                continue;
            }

            Assert.True(verdicts[chosen] <= worst, context);
            // A worse one than there is only where few are well: its peers' fellow sufferers, and nobody's who is in doubt.
            Assert.True(
                verdicts[chosen] == verdicts.Min()
                || (verdicts.Min() <= RouteVerdict.SlowStart && verdicts[chosen] is RouteVerdict.SlowStart or RouteVerdict.NearLimit or RouteVerdict.Ejected),
                context);
            Assert.False(request.Denies(table.View.Slots[chosen]), context);
            Assert.Equal(chosen, table.Selector.Choose(request, table.Topology));
        }
    }

    /// <summary>The node that is chosen is never dominated: there is none beside it, of the same place, that is as good in all and better in one.</summary>
    [Fact]
    public void Choose_LatencyScored_NeverADominatedNode()
    {
        var random = new Random(7);
        for (var run = 0; run < 5_000; run++)
        {
            var nodes = Enumerable.Range(0, 6).Select(_ => (InFlight: random.Next(4), Service: 1 + random.Next(5), Away: 1 + random.Next(3))).ToArray();
            var table = new RoutingTable(string.Join(' ', nodes.Select(n => $"R*{n.InFlight}${n.Service}^{n.Away}")));
            var chosen = nodes[table.Choose("read", (uint)run)];
            Assert.DoesNotContain(nodes, n => n != chosen && n.InFlight <= chosen.InFlight && n.Service <= chosen.Service && n.Away <= chosen.Away);
        }
    }

    [Theory]
    [ClassData(typeof(AllPolicies))]
    public void Choose_AnyNumberOfNodes_AllocatesNothing(string policy)
    {
        foreach (var nodes in new[] { 5, 100, 300 })
        {
            var words = Enumerable.Range(0, nodes).Select(i => i == 0 ? "P" : (i % 6) switch
            {
                0 => "R2*1/eu:a",
                1 => "R$3*1/eu:a",
                2 => "R$3/us",
                3 => "x/eu",
                4 => "R11/eu:b",
                _ => "R$2+5/eu:a",
            });
            var table = new RoutingTable(string.Join(' ', words), "eu", AllPolicies.Named(policy));
            foreach (var asked in new[] { "write", "read", "read eu:a", "read us -eu" })
            {
                var request = table.Request(asked);
                var chosen = -1;
                for (var warm = 0; warm < 3; warm++)
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    for (uint turn = 0; turn < 500; turn++)
                    {
                        chosen = Math.Max(chosen, table.Selector.Choose(request with { Turn = turn }, table.Topology));
                    }

                    var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    Assert.True(warm == 0 || allocated == 0, $"{policy}, {nodes} nodes, {asked}: {allocated} B in 500 decisions");
                }

                Assert.True(chosen >= 0 || nodes < 100);
            }
        }
    }

    // Regions that no node stands in cannot be denied by name.
    private static string Known(string asked, RoutingTable table) =>
        string.Join(' ', asked.Split(' ').Where(w => w[0] != '-' || table.Geography.Knows(w[1..])));

    private static string Word(Random random)
    {
        var word = Kinds[random.Next(Kinds.Length)];
        foreach (var (mark, one) in new[] { ("!", 4), ("%95", 6), ("&9", 6), ("=4", 7), ("=-1", 14), ("=t", 14), ("=i", 12), ("+5", 4), ("#3", 4), ("$2", 2), ("$9", 9) })
        {
            word += random.Next(one) == 0 && !word.Contains(mark[0], StringComparison.Ordinal) ? mark : "";
        }

        return $"{word}*{random.Next(3)}/{Places[random.Next(Places.Length)]}";
    }
}
