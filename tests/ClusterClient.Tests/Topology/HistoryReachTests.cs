using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Topology;

/// <summary>What the present primary has of the histories before it: what is proved, and where it ends at the latest.</summary>
public sealed class HistoryReachTests
{
    [Theory]
    // No failover yet: it has all of itself.
    [InlineData("P1@100 R1@90 R1@90", 1, 0, "all")]
    [InlineData("P1@100 R1@90 R1@90 | x R1@90 .", 1, 0, "all")]
    // Promoted under the monitor's eyes: the fork is what it says.
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 .", 1, 0, "95 95")]
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 .", 2, 1, "all")]
    [InlineData("P1@100 R1?@90 R1@90 | x P2@99/95 .", 1, 0, "95 95")]
    // A look fell into the promotion: in the new epoch already, and not writable yet.
    [InlineData("P1@100 R1@90 R1@90 | x R2@95 . | x P2@99/95 .", 1, 0, "95 95")]
    [InlineData("P1@100 R1?@90 R1@90 | x R2?@95 . | x R2?@95 . | x P2@99/95 .", 1, 0, "95 95")]
    [InlineData("P1@100 R1@90 R1@90 | x R2@95 . | x P2@99/95? .", 1, 0, "90 95")]
    [InlineData("P1@100 x R1@90 | x R2?@95 . | x P2@99/95 .", 1, 0, "- 95")]
    // It followed one that nobody saw, and then took over itself.
    [InlineData("P1@100 R1@90 R1@90 | x R2@97 . | x P3@99/98 .", 1, 0, "- 98")]
    // Restarted since: what it says is an upper bound, and where it was seen last is the lower.
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95? .", 1, 0, "90 95")]
    [InlineData("P1@100 R1@90 R1@90 | . R1@93 . | x P2@99 .", 1, 0, "93 -")]
    // Never seen before it was primary: nobody knows which history it comes from.
    [InlineData("P1@100 x R1@90 | x P2@99/95 .", 1, 0, "- 95")]
    [InlineData("P1@100 x R1@90 | x P2@99 .", 1, 0, "- -")]
    // An epoch in between that nobody saw: the fork is the second one's.
    [InlineData("P1@100 R1@90 R1@90 | x P3@99/95 .", 1, 0, "90 95")]
    [InlineData("P1@100 R1?@90 R1@90 | x P3@99/95 .", 1, 0, "- 95")]
    // Two in a row: what the second did not have, the third has not from it.
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 R1@90 | . P2@130 R2@120 | . x P3@130/125", 1, 0, "95 95")]
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 R1@90 | . P2@130 R2@120 | . x P3@130/125", 2, 1, "125 125")]
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 R1@90 | . P2@130 R2@120 | . x P3@130", 1, 0, "95 95")]
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 R1@90 | . P2@130 R2@120 | . x P3@130", 2, 1, "120 -")]
    // The third slept through the second.
    [InlineData("P1@100 R1@90 R1@80 | x P2@99/95 . | . P2@130 . | . x P3@99/85", 1, 0, "80 85")]
    [InlineData("P1@100 R1@90 R1@80 | x P2@99/95 . | . P2@130 . | . x P3@99/85", 2, 1, "- 85")]
    // An old primary that came back as a replica and was promoted with all it had: its fork speaks for its own history only.
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 . | R1@100 P2@130 . | . x P3@140/110", 2, 1, "- 110")]
    // Perhaps in the second history and perhaps not.
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 R1?@90 | . x P3@130/125", 2, 1, "- 125")]
    // Two that were promoted alike: nothing is known of what they share but the first history.
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 . | . x P2@97/92", 2, 1, "- -")]
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 . | . x P2@97/92", 1, 0, "90 92")]
    [InlineData("P1@100 R1@90 R1@90 | x P2@99/95 . | . x P2@97/92 | . P2@101 x", 2, 1, "all")]
    public void Of_AfterTheseRounds_IsWhatIsKnown(string rounds, long epoch, int node, string expected)
    {
        var script = new TopologyScript(3);
        var reach = rounds.Split('|', StringSplitOptions.TrimEntries).Aggregate(HistoryReach.Empty, (r, round) => r.After(script.Round(round)));
        var known = reach.Of(new(epoch, node));
        Assert.Equal(expected, known == Reach.Whole ? "all" : $"{Shown(known.Proven)} {Shown(known.Limit)}");

        static string Shown(LogPosition? position) => position is { } known ? $"{known.Ordinal}" : "-";
    }
}
