using ClusterClient.Health;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

public sealed class NodeCostTests
{
    /// <summary>Costs in ms of nodes in the words of <see cref="RoutingWord"/>: with the toll that shares out, and the honest one.</summary>
    [Theory]
    [InlineData("R$2", 2.3, 2.3)]
    [InlineData("R$2*1", 432.3, 7.05)]
    [InlineData("R$2*2", 2662.3, 16.3)]
    [InlineData("R$2^12", 14, 14)]
    // Twice the weight: two in flight are like one.
    [InlineData("R$2*2#2", 432.3, 7.05)]
    // What has been out for 4.3 ms, .3 of it the network's, counts half.
    [InlineData("R$2*1@4.3", 864.3, 13.8)]
    [InlineData("R$0.01", .35, .35)]
    // Of which nothing is known: the way there, and what is out.
    [InlineData("R^12", 12, 12)]
    [InlineData("R*1@4.3", 432.3, 7.05)]
    public void Tolled_Node_IsRoundTripAndServiceTimesTheCubeOfTheCrowd(string word, double tolled, double honest)
    {
        var table = new RoutingTable(word);
        ref readonly var slot = ref table.View.Slots[0];
        var load = table.States[0].Load(table.Clock.Now, slot.RoundTrip);
        Assert.Equal(tolled * 1000, NodeCost.Tolled(load, slot), 1.0);
        Assert.Equal(honest * 1000, NodeCost.Honest(load, slot), 1.0);
    }

    /// <summary>Every number that is worse makes the node dearer, whatever the others are; none ever makes it cheaper.</summary>
    [Fact]
    public void Tolled_AnyNumberWorse_NeverRanksBetter()
    {
        float[] times = [50, 300, 2_000, 12_000, 500_000, 2_000_000];
        var slot = new RoutingTable("R").View.Slots[0];
        for (var run = 0; run < 6 * 6 * 6 * 6 * 3; run++)
        {
            var (service, age, roundTrip) = (times[run % 6], times[run / 6 % 6], times[run / 36 % 6]);
            var (inFlight, weight) = ((run / 216 % 6) * 3, 1 << (run / 1296));
            var at = slot with { RoundTrip = roundTrip, PerWeight = 1f / weight };
            var load = new NodeLoad(inFlight, service, age, 0);
            foreach (var cost in new Func<NodeLoad, NodeSlot, float>[] { (l, s) => NodeCost.Tolled(l, s), (l, s) => NodeCost.Honest(l, s) })
            {
                var now = cost(load, at);
                Assert.True(float.IsFinite(now) && now > 0);
                Assert.True(cost(load with { Service = service * 1.01f }, at) > now, $"service {load}");
                Assert.True(cost(load with { Age = age * 1.1f }, at) > now, $"age {load}");
                Assert.True(cost(load with { InFlight = inFlight + 1 }, at) > now, $"in flight {load}");
                Assert.True(cost(load, at with { RoundTrip = roundTrip * 2 }) > now || roundTrip * 1e6 < now, $"round trip {load}");
                Assert.True(cost(load, at with { RoundTrip = roundTrip * 2 }) >= now, $"round trip {load}");
                Assert.True(cost(load, at with { PerWeight = 2f / weight }) >= now, $"weight {load}");
            }
        }
    }

    /// <summary>An error is never good news: not even one that comes at once beside answers that take a second.</summary>
    [Theory]
    [InlineData(50)]
    [InlineData(2_000)]
    [InlineData(1_000_000)]
    public void Tolled_FaultInsteadOfAnAnswer_RanksWorse(long usual)
    {
        const long Now = 1_000_000_000;
        var slot = new RoutingTable("R").View.Slots[0];
        var cost = new[] { false, true }.Select(faults =>
        {
            var state = new NodeState();
            for (var i = 0; i < 10; i++)
            {
                var latency = faults && i % 2 == 1 ? 1 : usual;
                state.Begin(Now - latency);
                state.Complete(Now - latency, Now, 0, faulted: faults && i % 2 == 1);
            }

            return NodeCost.Tolled(state.Load(Now, 0), slot);
        }).ToArray();
        Assert.True(cost[1] > cost[0], $"{cost[1]} µs with faults, {cost[0]} without");
    }
}
