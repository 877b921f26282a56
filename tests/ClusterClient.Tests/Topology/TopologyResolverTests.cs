using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Topology;

/// <summary>Rows of <see cref="TopologyScript"/>: rounds of looks, and what the nodes then are.</summary>
public sealed class TopologyResolverTests
{
    [Theory]
    // More than half of the configured nodes are enough, however few have answered.
    [InlineData("R1@9 . .", null, "unseen unseen unseen")]
    [InlineData("R1@9 R1@9 .", "s", "replica replica unseen")]
    [InlineData("P1@9 . . .", null, "unseen unseen unseen unseen")]
    [InlineData("P1@9 R1@9 . .", null, "unseen unseen unseen unseen")]
    [InlineData("P1@9 R1@9 R1@9 .", "s", "primary replica replica unseen")]
    // Once all were looked at, those that answered decide.
    [InlineData("P1@9 x x", "s", "primary unreachable unreachable")]
    [InlineData("x x x", null, "unreachable unreachable unreachable")]
    [InlineData("P1@9 t:R1@9 x", "s", "primary foreign unreachable")]
    [InlineData("t:P1@9 R1@9 R1@9", "s", "foreign replica replica")]
    [InlineData("R1@9 R1@9 t:P1@9 t:R1@9", "s", "replica replica foreign foreign")]
    [InlineData("t:P1@9 P1@9", "t", "primary foreign")]
    // It never changes afterwards, whatever appears.
    [InlineData("P1@9 x x | x t:P9@9 t:R9@9", "s", "unreachable foreign foreign")]
    [InlineData("P1@9 R1@9 . | t:P5@9 t:R5@9 t:R5@9", "s", "foreign foreign foreign")]
    // A node that comes back with its own history is taken in again.
    [InlineData("P1@9 R1@9 t:R1@9 | . . R1@9", "s", "primary replica replica")]
    public void Resolve_SystemIds_AgreesOnOne(string rounds, string? systemId, string statuses)
    {
        var script = TopologyScript.Play(rounds);
        Assert.Equal(systemId, script.Current.SystemId);
        Assert.Equal(statuses, script.Statuses);
    }

    [Theory]
    [InlineData("P1@9 R1@9", 1)]
    [InlineData("P1@9 R1@9 | x P2@9/9", 2)]
    [InlineData("P1@9 R1@9 | x P2@9/9 | P1@9 x", 2)]
    [InlineData("P1@9 R1@9 | x P2@9/9 | x x", 2)]
    // A replica may be the first to show a newer one; a stranger's counts for nothing.
    [InlineData("P1@9 R3@9", 3)]
    [InlineData("P1@9 R1@9 R1@9 | P1@9 t:P7@9 R1@9", 1)]
    public void Resolve_Epochs_NewestIsKept(string rounds, long epoch) => Assert.Equal(epoch, TopologyScript.Play(rounds).Current.Epoch);

    [Theory]
    [InlineData("P1@9 R1@9 R1@9", "primary replica replica", "a")]
    [InlineData("R1@9 R1@9 R1@9", "replica replica replica", null)]
    [InlineData("P1@9 R1@9 R1@9 | x R1@9 R1@9", "unreachable replica replica", null)]
    [InlineData("P1@9 R1@9 R1@9 | ~ R1@9 R1@9", "silent replica replica", null)]
    [InlineData("P1@9 R1@9 R1@9 | x P2@9/9 R2@9", "unreachable primary replica", "b")]
    // The old primary is fenced as soon as a newer epoch is known, even before the new primary is seen, and until it rejoins.
    [InlineData("P1@9 R1@9 R1@9 | P1@9 P2@9/9 R2@9", "fenced primary replica", "b")]
    [InlineData("P1@9 R1@9 R1@9 | P1@9 x R2@9", "fenced unreachable replica", null)]
    [InlineData("P1@9 R1@9 R1@9 | P1@9 P2@9/9 R2@9 | P1@99 x x", "fenced unreachable unreachable", null)]
    [InlineData("P1@9 R1@9 R1@9 | P1@9 P2@9/9 R2@9 | R2@9 P2@9/9 R2@9", "replica primary replica", "b")]
    [InlineData("P1@9 R1@9 R1@9 | ~ P2@9/9 R2@9", "silent primary replica", "b")]
    public void Resolve_Primary_IsTheWritableNodeOfTheNewestEpoch(string rounds, string statuses, string? primary)
    {
        var script = TopologyScript.Play(rounds);
        Assert.Equal(statuses, script.Statuses);
        Assert.Equal(primary, script.Current.Primary?.Endpoint.Name);
    }

    [Theory]
    [InlineData("P1@9 P1@9 R1@9", "contested contested replica")]
    [InlineData("P1@9 P1@9 P1@9", "contested contested contested")]
    [InlineData("P1@9 R1@9 P1@9 | P1@9 P1@9 P1@9", "contested contested contested")]
    // Silence is no answer: it may go on writing, whatever becomes of the other.
    [InlineData("P1@9 P1@9 R1@9 | ~ P1@9 R1@9", "contested contested replica")]
    [InlineData("P1@9 P1@9 R1@9 | ~ P1@9 R1@9 | ~ P1@9 R1@9", "contested contested replica")]
    [InlineData("P1@9 P1@9 R1@9 | ~ ~ R1@9", "contested contested replica")]
    [InlineData("P1@9 P1@9 R1@9 | ~ x R1@9", "silent unreachable replica")]
    [InlineData("P1@9 P1@9 R1@9 | ~ x R1@9 | ~ P1@9 R1@9", "contested contested replica")]
    // Refusing, answering as a replica, and a newer epoch settle it.
    [InlineData("P1@9 P1@9 R1@9 | x P1@9 R1@9", "unreachable primary replica")]
    [InlineData("P1@9 P1@9 R1@9 | ~ x R1@9 | x P1@9 R1@9", "unreachable primary replica")]
    [InlineData("P1@9 P1@9 R1@9 | R1@9 P1@9 R1@9", "replica primary replica")]
    [InlineData("P1@9 P1@9 R1@9 | ~ P1@9 R1@9 | R1@9 P1@9 R1@9", "replica primary replica")]
    [InlineData("P1@9 P1@9 R1@9 | P1@9 P1@9 P2@9/9", "fenced fenced primary")]
    [InlineData("P1@9 P1@9 R1@9 | ~ P2@9/9 R1@9", "silent primary replica")]
    [InlineData("P1@9 P1@9 P1@9 | x P1@9 P1@9", "unreachable contested contested")]
    // A primary that is silent may go on writing too: another in its very epoch is no successor.
    [InlineData("P1@9 R1@9 R1@9 | ~ R1@9 R1@9", "silent replica replica")]
    [InlineData("P1@9 R1@9 R1@9 | ~ R1@9 R1@9 | ~ P1@9 R1@9", "contested contested replica")]
    [InlineData("P1@9 R1@9 R1@9 | ~ R1@9 R1@9 | ~ P2@9/9 R1@9", "silent primary replica")]
    public void Resolve_SeveralWritableNodes_AreContestedUntilSettled(string rounds, string statuses)
    {
        var script = TopologyScript.Play(rounds);
        Assert.Equal(statuses, script.Statuses);
        Assert.Equal(statuses.Contains("contested", StringComparison.Ordinal), script.Current.IsContested);
        Assert.Equal(statuses.Contains("primary", StringComparison.Ordinal), script.Current.Primary is not null);
    }

    [Theory]
    [InlineData("P1@100 R1@90", "primary replica")]
    [InlineData("P1@100 R1@90 | x P2@95/90", "unreachable primary")]
    // Beyond the fork there is history that the new epoch does not have; up to it there is not.
    [InlineData("P1@100 R1@90 R1@90 | x P2@95/90 R1@90", "unreachable primary replica")]
    [InlineData("P1@100 R1@90 R1@91 | x P2@95/90 R1@91", "unreachable primary diverged")]
    // In the new epoch itself it follows, however far it is.
    [InlineData("P1@100 R1@90 R1@91 | x P2@95/90 R2@95", "unreachable primary replica")]
    // A server that cannot tell its epoch for sure is not taken for diverged.
    [InlineData("P1@100 R1@90 R1?@91 | x P2@95/90 R1?@91", "unreachable primary replica")]
    // Forks are kept: two promotions later it is still found out, and so is one that left in the epoch between.
    [InlineData("P1@100 R1@90 R1@91 | x P2@95/90 x | R3@95 P3@200/150 R1@91", "replica primary diverged")]
    [InlineData("P1@100 R1@90 R1@90 | x P2@95/90 x | x P3@200/150 R2@160", "unreachable primary diverged")]
    [InlineData("P1@100 R1@90 R1@90 | x P2@95/90 x | x P3@200/150 R2@150", "unreachable primary replica")]
    // The earliest fork that a primary ever told counts: after a crash it answers with the end of that recovery.
    [InlineData("P1@100 R1@90 R1@91 | x P2@95/90 x | x P2@300/280 R1@91", "unreachable primary diverged")]
    [InlineData("P1@100 R1@90 R1@91 | x P2@95 R1@91", "unreachable primary replica")]
    public void Resolve_Replicas_AreCoherentUpToTheFork(string rounds, string statuses) =>
        Assert.Equal(statuses, TopologyScript.Play(rounds).Statuses);

    [Theory]
    [InlineData("x", "connection refused")]
    [InlineData("~", "no answer within the probe timeout")]
    public void Resolve_NodeThatStopsAnswering_KeepsItsLastFacts(string word, string reason)
    {
        var script = TopologyScript.Play("P3@100 R3@90");
        var seenAt = script.Current.Nodes[1].SeenAt;
        var node = script.Round($". {word}").Nodes[1];
        Assert.Equal((3L, new LogPosition(90), "s", seenAt, 1), (node.Epoch, node.Position, node.SystemId, node.SeenAt, node.Session));
        Assert.Equal((NodeRole.Unknown, null, reason), (node.Role, node.Lag, node.Reason));
    }

    [Theory]
    [InlineData("R1@9 . .", 0, "belongs to system s; waiting for more nodes to agree on one")]
    [InlineData("P1@9 R1@9 .", 2, "not looked at yet")]
    [InlineData("P1@9 R1@9 t:R1@9", 2, "belongs to system t, this group is s")]
    [InlineData("P1@9 R1@9 R1@9 | P1@9 P2@9/9 .", 0, "still accepts writes in epoch 1, the newest is 2")]
    [InlineData("P1@9 P1@9 R1@9", 0, "is one of 2 nodes that accept writes in epoch 1")]
    [InlineData("P1@9 P1@9 R1@9 | ~ . .", 0, "is one of 2 nodes that accept writes in epoch 1, and silent now")]
    [InlineData("P1@9 P1@9 R1@9 | ~ x R1@9", 0, "no answer within the probe timeout")]
    [InlineData("P1@9 R1@9 R1@17 | x P2@9/16 R1@17", 2, "is at 0/11 in epoch 1, which epoch 2 left at 0/10")]
    [InlineData("P1@9 R1@9 R1@9", 0, null)]
    public void Resolve_NodeThatIsNotUsed_SaysWhy(string rounds, int node, string? reason) =>
        Assert.Equal(reason, TopologyScript.Play(rounds).Current.Nodes[node].Reason);

    [Fact]
    public void Resolve_LowerBoundAfterCertainty_KeepsWhatTheNodeHasShown()
    {
        // Its receiver went down with the primary: it says 1 again, but has shown 2 over this very connection.
        var script = TopologyScript.Play("P2@100/50 R2@90 | x R1?@95");
        Assert.Equal(2, script.Current.Nodes[1].Epoch);
        // Being certain of epoch 2, it can be found out as diverged.
        Assert.Equal("unreachable diverged primary", TopologyScript.Play("P2@100/50 R2@90 R2@90 | x R1?@95 P3@99/92").Statuses);
    }

    [Fact]
    public void Resolve_PrimaryGone_IsKnownToHaveBeenOne()
    {
        var nodes = TopologyScript.Play("P1@9 R1@9 | x x").Current.Nodes;
        Assert.Equal((true, false), (nodes[0].WasWritable, nodes[1].WasWritable));
    }
}
