using ClusterClient.Consistency;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Consistency;

public sealed class WriteTokenTests
{
    /// <summary>
    /// The rounds of looks that follow each other, a bar before each and <c>W</c> where the write ends; then the nodes that are known to have it. The
    /// last round's clock is what decides, one second a round.
    /// </summary>
    [Theory]
    // Nothing is known by a look that began before the write ended, however far the replicas are.
    [InlineData("P1@9 R1@9 R1@9 | W", "")]
    [InlineData("P1@9 R1@9 R1@9 | W | . R1@20 R1@20", "")]
    // The first look after it tells a place, and what the replicas showed before counts too.
    [InlineData("P1@9 R1@9 R1@9 | W | P1@9 . .", "b c")]
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 . .", "")]
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 R1@19 R1@20", "c")]
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 . . | . R1@21 .", "b")]
    // What is in the primary's memory is acknowledged as well.
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20+5 R1@24 R1@25", "c")]
    // The place stays where it was told first, whatever others write.
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 . . | P1@90 R1@20 R1@30", "b c")]
    // Another epoch's position says nothing in this one; the new primary is asked for one of its own.
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 . . | x P2@15/12 .", "")]
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 . . | x P2@15/12 R2@14", "")]
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 . . | x P2@15/12 R2@15", "c")]
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 . R1@20 | x P2@25/22 .", "")]
    [InlineData("P1@9 R1@9 R1@9 | W | x P2@15/12 R2@15", "c")]
    // A replica that cannot tell its epoch for sure is in that one or a newer.
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 R1?@20 .", "b")]
    [InlineData("P2@9 R1?@9 R2@9 | W | P2@20 R1?@20 .", "")]
    // While there is no primary, the last place holds.
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 . . | x R1@20 R1@19", "b")]
    [InlineData("P1@9 R1@9 R1@9 | W | x R1@20 R1@20", "")]
    // Nor does anybody have it who is not there, or not a replica.
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 R1@20 x", "b")]
    [InlineData("P1@9 R1@9 R1@9 | W | P1@20 R1@20 t:R1@20", "b")]
    public void IsHadBy_Looks_OnlyThoseThatCertainlyHaveIt(string rounds, string expected)
    {
        TopologyScript? script = null;
        WriteToken? token = null;
        foreach (var round in rounds.Split('|', StringSplitOptions.TrimEntries))
        {
            script ??= new(round.Split(' ').Length);
            if (round == "W")
            {
                token = new(script.Clock.GetTimestamp());
                continue;
            }

            script.Round(round);
            token = token?.In(script.Current);
        }

        var having = script!.Current.Nodes.Where(token!.IsHadBy).Select(n => n.Endpoint.Name).ToArray();
        Assert.Equal(expected, string.Join(' ', having));
        Assert.Equal(having.Length > 0, token.IsHadByAny(script.Current));
    }

    [Fact]
    public void In_LookAtTheMomentOfTheWrite_TellsNothing()
    {
        var script = TopologyScript.Play("P1@9 R1@9");
        Assert.False(new WriteToken(script.Clock.GetTimestamp()).In(script.Current).IsHadByAny(script.Current));
    }
}
