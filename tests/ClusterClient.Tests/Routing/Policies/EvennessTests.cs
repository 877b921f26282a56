using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing.Policies;

public sealed class EvennessTests
{
    /// <summary>Equals take turns, exactly where a policy does not draw.</summary>
    [Theory]
    [ClassData(typeof(AllPolicies))]
    public void Pick_Equals_TakeTurnsEvenly(string policy)
    {
        foreach (var nodes in new[] { 2, 3, 5, 8, 40 })
        {
            foreach (var node in new[] { "R", "R$2", "R$2*3", "R%40", "R*2#4" })
            {
                var table = new RoutingTable(string.Join(' ', Enumerable.Repeat(node, nodes)), policy: AllPolicies.Named(policy));
                var counts = table.Frequencies("read", nodes * 50);
                if (policy == "PowerOfTwo")
                {
                    // Of so many multinomial cells hardly one is five deviations off.
                    Assert.All(counts, c => Assert.InRange(c, 50 - (5 * 7.1), 50 + (5 * 7.1)));
                }
                else
                {
                    Assert.All(counts, c => Assert.Equal(50, c));
                }
            }
        }
    }

    /// <summary>One that is worse takes nobody's turns away from one and gives them to another.</summary>
    [Theory]
    [InlineData("LatencyScored")]
    [InlineData("LeastInFlight")]
    [InlineData("Nearest")]
    public void Pick_WorseOnesBetweenEquals_DoNotMatter(string policy) => Assert.Equal(
        [0, 20, 0, 0, 20, 20],
        new RoutingTable("R$9*2^9 R$2^1 R$9*2^9 R$9*2^9 R$2^1 R$2^1", policy: AllPolicies.Named(policy)).Frequencies("read", 60));

    /// <summary>Turns may run over: nothing but one rotation is out of step then.</summary>
    [Theory]
    [ClassData(typeof(AllPolicies))]
    public void Pick_TurnPastItsRange_GoesOn(string policy)
    {
        var table = new RoutingTable("R$2 R$2 R$2", policy: AllPolicies.Named(policy));
        var chosen = Enumerable.Range(0, 100).Select(t => table.Choose("read", unchecked(uint.MaxValue - 50 + (uint)t))).ToArray();
        Assert.All(chosen, c => Assert.InRange(c, 0, 2));
        Assert.Equal(3, chosen[52..].Distinct().Count());
    }

    /// <summary>
    /// Served one at a time and equally quickly, as by one caller: what each has served is the same, although estimates move with
    /// every answer.
    /// </summary>
    [Theory]
    [ClassData(typeof(AllPolicies))]
    public void Pick_EqualsAsTheyServe_GetEqualShares(string policy)
    {
        var table = new RoutingTable("P R R R R", policy: AllPolicies.Named(policy));
        var counts = new int[5];
        for (uint turn = 0; turn < 1_000; turn++)
        {
            var (chosen, began) = (table.Choose("read", turn), table.Clock.Now);
            table.States[chosen].Begin(began);
            table.Time.Advance(TimeSpan.FromMilliseconds(2));
            table.States[chosen].Complete(began, table.Clock.Now, 300, faulted: false);
            counts[chosen]++;
        }

        Assert.Equal(0, counts[0]);
        Assert.All(counts[1..], c => Assert.InRange(c, 180, 320));
    }
}
