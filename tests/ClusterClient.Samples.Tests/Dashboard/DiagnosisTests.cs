using ClusterClient.Health;
using ClusterClient.Topology;
using Dashboard.State;
using Dashboard.Story;

namespace ClusterClient.Samples.Tests.Dashboard;

public sealed class DiagnosisTests
{
    private static readonly NodeState Primary = new() { Name = "eu-1", Region = "eu", Role = NodeRole.Primary, Status = NodeStatus.Online, Epoch = 1 };
    private static readonly NodeState Replica = new() { Name = "eu-2", Region = "eu", Role = NodeRole.Replica, Status = NodeStatus.Online, Epoch = 1 };
    private static readonly NodeState Far = Replica with { Name = "us-1", Region = "us" };

    [Fact]
    public void Of_AllWell_SaysWhereCallsGo() => Expect(
        Of(Primary, Replica, Far), Tone.Good,
        "Nothing is wrong: all 3 nodes answer.", "Writes go to eu-1 in eu, and reads go to eu-2 and us-1.");

    [Fact]
    public void Of_NothingSeenYet_SaysSo() => Expect(
        Of(Lost(Primary, NodeStatus.Unseen), Lost(Replica, NodeStatus.Unseen)), Tone.Warning,
        "Nothing is known yet: no server has answered.", "The first look takes a moment.");

    [Fact]
    public void Of_NoPrimary_SaysWhoIsGoneAndThatWritesWait() => Expect(
        Of(Lost(Primary, NodeStatus.Unreachable), Replica, Far), Tone.Bad,
        "There is no primary: eu-1 is down.", "Writes wait until a replica is promoted, and reads go to eu-2 and us-1.");

    [Fact]
    public void Of_NoPrimaryAndAllReplicasUp_SaysThatNoneAcceptsWrites() => Expect(
        Of(Replica, Far), Tone.Bad,
        "There is no primary: no node accepts writes.", "Writes wait until a replica is promoted, and reads go to eu-2 and us-1.");

    [Fact]
    public void Of_NobodyLeft_SaysThatNothingCanBeRead() => Expect(
        Of(Lost(Primary, NodeStatus.Silent), Lost(Replica, NodeStatus.Unreachable)), Tone.Bad,
        "There is no primary: eu-1 is silent and eu-2 is down.", "Writes wait until a replica is promoted, and nothing can be read either.");

    [Fact]
    public void Of_TwoPrimariesInOneEpoch_NamesBoth() => Expect(
        Of(Lost(Primary, NodeStatus.Contested), Lost(Replica, NodeStatus.Contested), Far), Tone.Bad,
        "eu-1 and eu-2 accept writes in the same epoch 1, and nothing tells which of them is right.",
        "Writes are refused until one of them remains, and reads go to us-1.");

    [Fact]
    public void Of_PrimarysCircuitOpen_SaysThatWritesAreHeldBack() => Expect(
        Of(Primary with { Circuit = CircuitStatus.Open }, Replica), Tone.Bad,
        "Writes to the primary eu-1 are held back: its circuit is open.", "Meanwhile reads go to eu-2.");

    [Fact]
    public void Of_WritesStuck_SaysThatThePrimaryTakesNone() => Expect(
        Of(Primary, Replica) with { AreWritesStuck = true }, Tone.Bad,
        "eu-1 is the primary, but no write succeeds there.", "It may hang, or miss the replica that a commit waits for; reads go to eu-2.");

    [Fact]
    public void Of_SeveralReplicasInTrouble_ListsThem() => Expect(
        Of(Primary, Replica with { IsStale = true }, Lost(Far, NodeStatus.Unreachable), Replica with { Name = "eu-3" }), Tone.Warning,
        "eu-2 is too far behind to be read from and us-1 is down.", "Writes go on at eu-1 in eu, and reads go to eu-3.");

    [Fact]
    public void Of_NoReplicaServes_SaysThatThePrimaryDoes() => Expect(
        Of(Primary, Lost(Replica, NodeStatus.Unreachable)), Tone.Warning,
        "eu-2 is down.", "Writes go on at eu-1 in eu, and reads go to the primary too, because no replica can serve them.");

    [Theory]
    [InlineData(NodeStatus.Fenced, "eu-2 is an old primary and fenced off.")]
    [InlineData(NodeStatus.Diverged, "eu-2 has writes that the primary does not have.")]
    [InlineData(NodeStatus.Foreign, "eu-2 belongs to another group.")]
    [InlineData(NodeStatus.Unseen, "eu-2 has not answered yet.")]
    public void Of_NodeKeptOut_SaysWhy(NodeStatus status, string expected) =>
        Assert.Equal(expected, Diagnosis.Of(Of(Primary, Lost(Replica, status), Far)).Wrong);

    [Fact]
    public void Of_NodeLeftAlone_SaysWhy()
    {
        Assert.Equal(
            "eu-2 is left alone because calls there fail or hang.", Diagnosis.Of(Of(Primary, Replica with { IsEjected = true })).Wrong);
        Assert.Equal(
            "eu-2 is left alone because its circuit is half-open, on trial.",
            Diagnosis.Of(Of(Primary, Replica with { Circuit = CircuitStatus.HalfOpen })).Wrong);
    }

    private static ClusterState Of(params NodeState[] nodes) => new() { Here = "eu", Epoch = 1, Nodes = nodes };

    private static NodeState Lost(NodeState node, NodeStatus status) => node with { Role = NodeRole.Unknown, Status = status };

    private static void Expect(ClusterState state, Tone severity, string wrong, string consequence) =>
        Assert.Equal(new Answer(severity, wrong, consequence), Diagnosis.Of(state));
}
