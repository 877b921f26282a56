using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Topology;

public sealed class TopologyDifferenceTests
{
    [Theory]
    [InlineData("P1@9 R1@9", "P1@10 R1@10", "")]
    [InlineData(". .", "P1@9 R1@9", "NodeOnline: a answers as primary|NodeOnline: b answers as replica|PrimaryFound: a in eu is the primary, epoch 1")]
    [InlineData("P1@9 R1@9", ". x", "NodeLost: b is unreachable: connection refused")]
    [InlineData("P1@9 R1@9", ". ~", "NodeLost: b is silent: no answer within the probe timeout")]
    [InlineData("P1@9 x", ". R1@9", "NodeOnline: b answers as replica")]
    [InlineData("P1@9 R1@9", "x .",
        "NodeLost: a is unreachable: connection refused|PrimaryLost: a is not the primary any more: connection refused; writes wait for the next")]
    [InlineData("P1@9 R1@9", "R1@9 .", "PrimaryLost: a is not the primary any more: it answers as a replica; writes wait for the next")]
    [InlineData("P1@9 R1@9", "x P2@9/9", "NodeLost: a is unreachable: connection refused|PrimaryFound: b in eu is the primary, epoch 2")]
    [InlineData("P1@9 R1@9", "R1@9 P2@9/9", "PrimaryFound: b in eu is the primary, epoch 2")]
    [InlineData("P1@9 R1@9", "P2@9/9 R1@9", "PrimaryFound: a in eu is the primary, epoch 2")]
    [InlineData("P1@9 R1@9", ". P2@9/9",
        "NodeFenced: a is fenced: it still accepts writes in epoch 1, the newest is 2|PrimaryFound: b in eu is the primary, epoch 2")]
    [InlineData("P1@9 R1@9", ". t:R1@9", "NodeRejected: b is never used: it belongs to system t, this group is s")]
    [InlineData("P1@9 R1@9 R1@17", "x P2@9/16 .",
        "NodeLost: a is unreachable: connection refused|NodeDiverged: c is not read from: it is at 0/11 in epoch 1, which epoch 2 left at 0/10"
        + "|PrimaryFound: b in eu is the primary, epoch 2")]
    [InlineData("P1@9 R1@9 R1@9", ". P1@9 .",
        "PrimaryContested: a and b all accept writes in epoch 1; writes are refused until one remains"
        + "|PrimaryLost: a is not the primary any more: it is one of 2 nodes that accept writes in epoch 1; writes wait for the next")]
    [InlineData("P1@9 P1@9 R1@9", "x . .", "NodeLost: a is unreachable: connection refused|NodeOnline: b answers as primary|PrimaryFound: b in eu is the primary, epoch 1")]
    [InlineData("P1@9 P1@9 R1@9", "~ . .", "")]
    public void Between_TwoRounds_TellsWhatHappened(string before, string after, string events)
    {
        var script = TopologyScript.Play(before);
        var old = script.Current;
        var happened = TopologyDifference.Between(old, script.Round(after)).ToArray();
        Assert.Equal(events, string.Join('|', happened.Select(e => $"{e.Kind}: {e.Message}")));
        Assert.All(happened, e => Assert.Same(script.Current, e.Topology));
        Assert.All(happened, e => Assert.Equal(e.Kind == TopologyEventKind.PrimaryContested, e.Node is null));
    }

    [Fact]
    public void Between_NameWithCapitals_IsToldAsGiven()
    {
        var script = new TopologyScript([new NodeEndpoint("db", 5432, "EU", name: "EU-1")]);
        var old = script.Current;
        var happened = TopologyDifference.Between(old, script.Round("P1@9"));
        Assert.Equal(["EU-1 answers as primary", "EU-1 in EU is the primary, epoch 1"], happened.Select(e => e.Message));
    }
}
