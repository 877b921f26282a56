using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

public sealed class SlowStartTests
{
    private const int Turns = 1_000;

    [Theory]
    [InlineData(0, .1, false)]
    [InlineData(3, .1, false)]
    [InlineData(7.5, .25, false)]
    [InlineData(15, .5, false)]
    [InlineData(29.999, .99997, false)]
    [InlineData(30, 1, true)]
    [InlineData(3_600, 1, true)]
    // Seen by a clock that was read a moment before.
    [InlineData(-.001, .1, false)]
    public void Share_SecondsSinceTheRise_IsEnvoysFactor(double seconds, float share, bool over)
    {
        const long RisenAt = 123_456_789;
        var now = RisenAt + (long)(seconds * 1_000_000);
        Assert.Equal(share, SlowStart.Share(RisenAt, now), 1e-5f);
        Assert.Equal(over, SlowStart.IsOver(RisenAt, now));
        Assert.True(SlowStart.IsOver(SlowStart.LongAgo, now));
        Assert.Equal(1, SlowStart.Share(SlowStart.LongAgo, now));
    }

    /// <summary>Whatever the policy and however good the node looks, it has no more than its share, and a good one has all of it.</summary>
    [Theory]
    [ClassData(typeof(AllPolicies))]
    public void Choose_RisingNode_GetsNoMoreThanItsShare(string policy)
    {
        foreach (var (seconds, share) in new[] { (0, .1), (7.5, .25), (15, .5) })
        {
            var best = new RoutingTable(string.Create(default, $"R$8*2^2 R$8*2^2 R$.1^.1+{seconds}"), policy: AllPolicies.Named(policy)).Frequencies("read", Turns)[2];
            Assert.InRange(best, 0, (share * Turns) + 2);
            if (policy is not "RoundRobin" and not "PowerOfTwo")
            {
                Assert.InRange(best, (share * Turns) - 2, (share * Turns) + 2);
            }

            // Among equals: its share of an equal's, give or take what a drawing policy's draws differ by.
            var equal = new RoutingTable(string.Create(default, $"R$2 R$2 R$2 R$2+{seconds}"), policy: AllPolicies.Named(policy)).Frequencies("read", Turns);
            Assert.InRange(equal[3], share * Turns / 4 * .8, share * Turns / 4 * 1.2);
            Assert.True(equal[..3].Max() - equal[..3].Min() <= Turns / 10, string.Join(' ', equal));
        }
    }

    /// <summary>Any hundred requests in a row are shared out like that, not only a thousand.</summary>
    [Fact]
    public void Choose_RisingNode_IsSpreadOverTheTurns()
    {
        var table = new RoutingTable("R$8 R$8 R$1+7.5");
        for (uint from = 0; from < 2_000; from += 37)
        {
            Assert.InRange(Enumerable.Range(0, 100).Count(t => table.Choose("read", from + (uint)t) == 2), 23, 27);
        }
    }

    [Theory]
    // An ejected node's rise begins when its ejection ends, however long it has served.
    [InlineData("R$8 R$8 R$1&-7.5", 250)]
    [InlineData("R$8 R$8 R$1&-7.5+60", 250)]
    [InlineData("R$8 R$8 R$1&-60+7.5", 250)]
    [InlineData("R$8 R$8 R$1&-60+60", 1_000)]
    public void Choose_NodeThatWasEjected_RisesFromThenOn(string nodes, int expected) =>
        Assert.InRange(new RoutingTable(nodes).Frequencies("read", Turns)[2], expected - 2, expected + 2);

    [Theory]
    // Only rising ones: they serve, all of it, in turn.
    [InlineData("R+0 R+0 R+0 R+0", "25 25 25 25")]
    [InlineData("R+0 x x x", "100 0 0 0")]
    // Two that rise at different times have different turns.
    [InlineData("R$9 R$9 R$1+3 R$1+3", "40 40 10 10")]
    // It is one of the healthy: nobody's load goes farther because of it.
    [InlineData("R$9 R$9+1 R$9+1 R$1/us", "90 5 5 0")]
    public void Choose_Rising_StillCarryWhatThereIs(string nodes, string percent)
    {
        var counts = new RoutingTable(nodes, "eu").Frequencies("read eu", Turns);
        Assert.All(counts.Zip(percent.Split(' ').Select(int.Parse)), c => Assert.InRange(c.First, (c.Second * 10) - 45, (c.Second * 10) + 45));
    }

    [Fact]
    public void Choose_PrimaryThatHasJustRisen_TakesEveryWrite() =>
        Assert.Equal([Turns, 0], new RoutingTable("P+0 R").Frequencies("write", Turns));
}
