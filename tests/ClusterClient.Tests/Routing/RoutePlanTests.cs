using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

/// <summary>What is worked out once for a snapshot must come to what going through every node comes to.</summary>
public sealed class RoutePlanTests
{
    [Fact]
    public void Choose_AnyView_IsTheSameWithAndWithoutThePlan()
    {
        var random = new Random(20_261_121);
        string[] kinds = ["P", "R", "R", "R", "R", "R11", "R3", "x", "~", "F"];
        string[] marks = ["", "", "", "$2", "$9", "$40", "*1", "*3", "$2*2", "!", "&5", "&-7", "=4", "=-1", "=t", "=i", "+3", "%95", "^1", "$1^40", "#3"];
        string[] places = ["eu:a", "eu:b", "eu", "us", "asia"];
        string[] requests = ["read", "read eu", "read eu:a", "read us", "read asia", "read eu replicas", "read eu -us", "read africa"];
        var planned = 0;
        for (var run = 0; run < 5_000; run++)
        {
            var words = Enumerable.Range(0, random.Next(1, 9)).Select(i =>
                $"{(i > 0 ? kinds[random.Next(1, kinds.Length)] : kinds[random.Next(kinds.Length)])}{Pick(marks)}/{Pick(places)}");
            var nodes = string.Join(' ', words);
            var table = new RoutingTable(nodes, here: random.Next(3) == 0 ? null : "eu");
            for (uint turn = 0; turn < 4; turn++)
            {
                var words2 = Pick(requests);
                var request = table.Request(words2, (uint)random.Next());
                var plan = table.View.PlanFor(request);
                planned += plan?.IsQuiet(table.States.AsSpan(), request.Now) == true ? 1 : 0;
                Assert.True(
                    table.Selector.Choose(request, table.Topology)
                        == Router.ChooseAmongAll(request, table.View, table.States.AsSpan(), table.Selector.Policy),
                    $"{words2}: {nodes}");
            }
        }

        Assert.InRange(planned, 2_000, 17_000);

        string Pick(string[] from) => from[random.Next(from.Length)];
    }

    [Fact]
    public void PlanFor_MoreKindsOfRequestThanAreKept_StillChooses()
    {
        var table = new RoutingTable("R R/us R/asia");
        for (var region = 0; region < 40; region++)
        {
            var request = table.Request("read us") with { Denied = (ulong)region << 8 };
            Assert.Equal(1, table.Selector.Choose(request, table.Topology));
            Assert.Equal(region < 16, table.View.PlanFor(request) is not null);
        }
    }
}
