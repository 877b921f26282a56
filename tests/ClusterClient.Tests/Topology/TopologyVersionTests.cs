using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Topology;

/// <summary>Which snapshots count as a change, and what waits for the next.</summary>
public sealed class TopologyVersionTests
{
    [Theory]
    [InlineData("P1@9 R1@9", "P1@10 R1@10", false)]
    [InlineData("P1@9 R1@9", ". .", false)]
    [InlineData("P1@9 R1@9", "P1@9 x", true)]
    [InlineData("P1@9 R1@9", "P1@9 !", true)]
    [InlineData("P1@9 R1@9", "R1@9 R1@9", true)]
    [InlineData("P1@9 R1@9", "P2@9/9 R1@9", true)]
    [InlineData("P1@9 R1@9", "P1@9 t:R1@9", true)]
    [InlineData("P1@9 x", "P1@9 x", false)]
    [InlineData("P1@9 x", "P1@9 ~", true)]
    public void Version_AfterARound_CountsChangesOnly(string before, string round, bool changes)
    {
        var script = TopologyScript.Play(before);
        var old = script.Current;
        var now = script.Round(round);
        Assert.NotSame(old, now);
        Assert.Equal(old.Version + (changes ? 1 : 0), now.Version);
        Assert.Equal(changes, !ReferenceEquals(old.Next, now.Next));
    }

    [Fact]
    public async Task Next_WaiterOnASnapshotThatWasAmended_WakesOnTheChange()
    {
        var script = TopologyScript.Play("P1@9 R1@9");
        var first = script.Current;
        script.Round("P1@10 R1@10");
        var amended = script.Round("P1@11 R1@11");
        var changed = script.Round("P1@11 x");
        Assert.False(first.Next.IsCompleted);
        amended.SupersededBy(changed);
        Assert.Same(changed, await first.Next.Soon());
        Assert.False(changed.Next.IsCompleted);
    }

    [Fact]
    public void IsDoubted_OnlyALookThatBeganAfterTheDoubt_SettlesIt()
    {
        var script = TopologyScript.Play("P1@9 R1@9");
        var began = script.Clock.GetTimestamp();
        script.Round("! .");
        var late = Sightings.Answer("P1@9", began);
        var doubted = Sightings.Answer("P1@9", began - 1).Doubted(began + 1);
        Assert.NotEqual(0, late.After(doubted).DoubtedAt);
        Assert.Equal(0, Sightings.Answer("P1@9", began + 2).After(doubted).DoubtedAt);
        Assert.True(script.Current.Nodes[0].IsDoubted);
        Assert.False(script.Round("P1@9 .").Nodes[0].IsDoubted);
    }
}
