using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Topology;

/// <summary>Since when a node serves after it did not; rounds are a second apart, as in <see cref="TopologyScript"/>.</summary>
public sealed class RisenAtTests
{
    /// <summary>For each node the round of its rise, counted from 1, or - when it has served since it was first looked at.</summary>
    [Theory]
    [InlineData("P1@9 R1@9 R1@9", "- - -")]
    // First looks end one after the other, and a node that no look has reached yet has not been away.
    [InlineData("P1@9 . . | . R1@9 . | . . R1@9", "- - -")]
    [InlineData("P1@9 R1@9 R1@9 | P1@9 R1@9 R1@9", "- - -")]
    // It was away when it was first looked at: it joined.
    [InlineData("P1@9 R1@9 x | . . R1@9", "- - 2")]
    [InlineData("P1@9 R1@9 ~ | . . . | . . R1@9 | . . R1@9", "- - 3")]
    // Recovered, from whatever it was; and again.
    [InlineData("P1@9 R1@9 R1@9 | . x . | . . . | . R1@9 .", "- 4 -")]
    [InlineData("P1@9 R1@9 R1@9 | . ~ . | . R1@9 . | . R1@9 .", "- 3 -")]
    [InlineData("P1@9 R1@9 R1@9 | . x . | . R1@9 . | . x . | . R1@9 .", "- 5 -")]
    [InlineData("P1@9 R1@9 t:R1@9 | . . R1@9", "- - 2")]
    // While it is away it is remembered; doubts and silence that end in nothing are no rise.
    [InlineData("P1@9 x R1@9 | . R1@9 . | . x .", "- 2 -")]
    [InlineData("P1@9 R1@9 R1@9 | . ! . | . R1@9 .", "- - -")]
    // A change of roles, both ways.
    [InlineData("P1@9 R1@9 R1@9 | x P2@9/9 R1@9", "- 2 -")]
    [InlineData("P1@9 R1@9 R1@9 | R1@9 P2@9/9 . | R2@9 . R2@9", "2 2 -")]
    [InlineData("P1@9 R1@9 | x P2@9/9 | P1@9 . | R2@9 .", "4 2")]
    public void Resolve_Rounds_RiseIsTheLookThatShowedIt(string rounds, string expected)
    {
        var script = new TopologyScript(rounds.Split(" | ")[0].Split(' ').Length);
        var times = new List<long>();
        foreach (var round in rounds.Split(" | "))
        {
            script.Round(round);
            times.Add(script.Clock.GetTimestamp());
        }

        Assert.Equal(expected, string.Join(' ', script.Current.Nodes.Select(n => n.RisenAt == 0 ? "-" : $"{times.IndexOf(n.RisenAt) + 1}")));
    }

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(50, null, 0)]
    [InlineData(null, 100, 0)]
    [InlineData(50, 0, 0)]
    [InlineData(0, 100, 0)]
    [InlineData(50, 100, .5)]
    [InlineData(97, 100, .97)]
    // Reserved connections are above a normal role's limit.
    [InlineData(103, 100, 1)]
    public void Utilisation_Connections_IsTheirShareOfTheLimit(int? used, int? limit, double expected)
    {
        var node = new RoutingTable("R").Topology.Nodes[0] with { Connections = used, ConnectionLimit = limit };
        Assert.Equal(expected, node.Utilisation, 1e-6);
    }
}
