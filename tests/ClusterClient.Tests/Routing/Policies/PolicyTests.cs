using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing.Policies;

/// <summary>Which node each policy picks: requests of sixty, in the order of the nodes.</summary>
public sealed class PolicyTests
{
    [Theory]
    [InlineData("R*2 R*1 R*1", "0 30 30")]
    [InlineData("R$1*1 R$900", "0 60")]
    // For its weight: four on one of weight four are as one.
    [InlineData("R*4#4 R*1 R*2", "30 30 0")]
    [InlineData("R*3#4 R*1 R*2", "60 0 0")]
    public void LeastInFlight_Nodes_FewestForTheirWeight(string nodes, string expected) => Check("LeastInFlight", nodes, expected);

    [Theory]
    [InlineData("R^3 R^1 R^2", "0 60 0")]
    [InlineData("R^1*50$900 R^2", "60 0")]
    [InlineData("R^1 R^1 R^1.1", "30 30 0")]
    public void Nearest_Nodes_ShortestRoundTripWhateverTheLoad(string nodes, string expected) => Check("Nearest", nodes, expected);

    [Theory]
    [InlineData("R R*9 R$900 R^12", "15 15 15 15")]
    [InlineData("R x R", "30 0 30")]
    public void RoundRobin_Nodes_OneAfterTheOther(string nodes, string expected) => Check("RoundRobin", nodes, expected);

    [Theory]
    [InlineData("R$3 R$2 R$5", "0 60 0")]
    [InlineData("R$2^3 R$4", "0 60")]
    [InlineData("R$2^1 R$4^0.3", "60 0")]
    // A single request makes a node dearer than one that is 200 times as slow; one in flight is worth a round trip abroad.
    [InlineData("R$2*1 R$400", "0 60")]
    [InlineData("R$2*1 R$440", "60 0")]
    [InlineData("R$2*2#2 R$2*1", "30 30")]
    [InlineData("R$2*1#2 R$2", "0 60")]
    public void LatencyScored_Nodes_LowestCost(string nodes, string expected) => Check("LatencyScored", nodes, expected);

    /// <summary>Hot is what has more in flight than .84 of the candidates, the largest of seven; up to six nobody is.</summary>
    [Theory]
    [InlineData("R$9*0 R$9*1 R$9*2 R$9*3 R$9*4 R$5*5 R$1*6", "0 0 0 0 0 60 0")]
    [InlineData("R$9*1 R$9*2 R$9*3 R$9*4 R$5*5 R$1*6", "0 0 0 0 0 60")]
    [InlineData("R$9*1 R$1*9", "0 60")]
    // As many as the threshold is cold: hot is strictly more.
    [InlineData("R$9 R$9 R$9 R$9 R$9 R$1*6 R$1*6", "0 0 0 0 0 30 30")]
    [InlineData("R$9 R$9 R$9 R$9 R$9 R$9 R$9 R$9 R$9 R$9 R$9 R$9 R$1*6 R$1*6", "5 5 5 5 5 5 5 5 5 5 5 5 0 0")]
    [InlineData("R$9*70 R$8*80 R$7*90", "0 0 60")]
    // Quickest on the way and at the server, with what is out; of which nothing is known counts as quick.
    [InlineData("R$2^5 R$4^1", "0 60")]
    [InlineData("R$2*1@9 R$4*1", "0 60")]
    [InlineData("R$2 R", "0 60")]
    public void HotCold_Nodes_QuickestOfTheCold(string nodes, string expected) => Check("HotCold", nodes, expected);

    /// <summary>
    /// All that follows from two different nodes, drawn evenly: of n that differ in load the i-th is the better one of n - 1 - i pairs.
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(20)]
    public void PowerOfTwo_DifferentLoads_AsOftenAsItIsTheBetterOfAPair(int nodes)
    {
        const int Turns = 100_000;
        foreach (var descending in new[] { false, true })
        {
            var loads = Enumerable.Range(0, nodes).Select(i => $"R*{(descending ? nodes - 1 - i : i)}");
            var table = new RoutingTable(string.Join(' ', loads), policy: AllPolicies.Named("PowerOfTwo"));
            var counts = table.Frequencies("read", Turns);
            Array.Reverse(counts, 0, descending ? nodes : 0);
            Assert.Equal(0, counts[^1]);
            var chiSquare = 0.0;
            for (var i = 0; i < nodes - 1; i++)
            {
                var expected = Turns * 2.0 * (nodes - 1 - i) / (nodes * (nodes - 1.0));
                chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
            }

            // Far in the tail for so many degrees of freedom: not a tight bound, but a biased draw is beyond it by orders.
            Assert.True(chiSquare < (3 * nodes) + 10, $"{chiSquare}: {string.Join(' ', counts)}");
        }
    }

    [Theory]
    // Two in flight for twice the weight are as one; of equals, the cheaper.
    [InlineData("R*2#2$9 R*1$1", "0 60")]
    [InlineData("R*3#2$1 R*1$9", "0 60")]
    [InlineData("R$1 R$2", "60 0")]
    public void PowerOfTwo_OfTwo_FewestForItsWeightThenTheCheaper(string nodes, string expected) => Check("PowerOfTwo", nodes, expected);

    private static void Check(string policy, string nodes, string expected) => Assert.Equal(
        expected, string.Join(' ', new RoutingTable(nodes, policy: AllPolicies.Named(policy)).Frequencies("read", 60)));
}
