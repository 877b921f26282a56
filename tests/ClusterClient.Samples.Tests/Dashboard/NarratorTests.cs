using ClusterClient.Topology;
using Dashboard.Story;

namespace ClusterClient.Samples.Tests.Dashboard;

public sealed class NarratorTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Narrator _narrator = new();

    [Fact]
    public void Tell_FirstPrimary_IsANote()
    {
        var told = Tell(TopologyEventKind.PrimaryFound, "eu-1");
        Assert.Equal(("eu-1 in eu is the primary: writes go there.", Tone.Note, false), (told!.Sentence, told.Tone, told.IsSerious));
    }

    [Fact]
    public void Tell_Failover_SaysWhoTookOverFromWhomAndAfterHowLong()
    {
        Tell(TopologyEventKind.PrimaryFound, "eu-1");
        var lost = Tell(TopologyEventKind.PrimaryLost, "eu-1", message: "eu-1 is not the primary any more: gone; writes wait for the next", seconds: 1);
        Assert.Equal(("eu-1 is not the primary any more: gone; writes wait for the next.", true), (lost!.Sentence, lost.IsSerious));

        var found = Tell(TopologyEventKind.PrimaryFound, "eu-2", epoch: 2, seconds: 4.24);
        Assert.Equal("eu-2 in eu took over from eu-1 after 3.2 s without a primary: writes go on, in epoch 2.", found!.Sentence);
        Assert.Equal((Tone.Good, true), (found.Tone, found.IsSerious));
    }

    [Fact]
    public void Tell_SamePrimaryBack_SaysAgain()
    {
        Tell(TopologyEventKind.PrimaryFound, "eu-1");
        Tell(TopologyEventKind.PrimaryLost, "eu-1");
        Assert.Equal(
            "eu-1 is the primary again after 2.0 s without a primary: writes go on, in epoch 1.",
            Tell(TopologyEventKind.PrimaryFound, "eu-1", seconds: 2)!.Sentence);
    }

    [Fact]
    public void Tell_Switchover_SaysNothingOfATimeWithout()
    {
        Tell(TopologyEventKind.PrimaryFound, "eu-1");
        Assert.Equal(
            "eu-2 in eu took over from eu-1: writes go on, in epoch 2.", Tell(TopologyEventKind.PrimaryFound, "eu-2", epoch: 2)!.Sentence);
    }

    [Fact]
    public void Tell_NodeOnline_IsNewsOnlyWhenItIsBack()
    {
        Assert.Null(Tell(TopologyEventKind.NodeOnline, "eu-1"));
        Assert.Equal(Tone.Good, Tell(TopologyEventKind.NodeOnline, "eu-1")!.Tone);
    }

    [Theory]
    [InlineData(TopologyEventKind.PrimaryContested, true)]
    [InlineData(TopologyEventKind.NodeFenced, true)]
    [InlineData(TopologyEventKind.NodeDiverged, true)]
    [InlineData(TopologyEventKind.NodeRejected, true)]
    [InlineData(TopologyEventKind.WritesLost, true)]
    [InlineData(TopologyEventKind.NodeLost, false)]
    [InlineData(TopologyEventKind.NodeEjected, false)]
    [InlineData(TopologyEventKind.NodeReadmitted, false)]
    [InlineData(TopologyEventKind.NodeIsolated, false)]
    [InlineData(TopologyEventKind.CircuitHalfOpened, false)]
    [InlineData(TopologyEventKind.CircuitClosed, false)]
    public void Tell_EachKind_IsSeriousWhereWritesAreAtStake(TopologyEventKind kind, bool expected) =>
        Assert.Equal(expected, Tell(kind, "eu-1")!.IsSerious);

    [Theory]
    [InlineData("eu-1", true)]
    [InlineData("eu-2", false)]
    public void Tell_CircuitOpened_IsSeriousForThePrimary(string node, bool expected)
    {
        Tell(TopologyEventKind.PrimaryFound, "eu-1");
        Assert.Equal(expected, Tell(TopologyEventKind.CircuitOpened, node)!.IsSerious);
    }

    private TimelineEntry? Tell(TopologyEventKind kind, string node, string message = "something", long epoch = 1, double seconds = 0) =>
        _narrator.Tell(new(Noon.AddSeconds(seconds), kind, message, node, "eu", epoch));
}
