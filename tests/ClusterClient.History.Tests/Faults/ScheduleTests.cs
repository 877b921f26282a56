using ClusterClient.History.CommandLine;
using ClusterClient.History.Faults;

namespace ClusterClient.History.Tests.Faults;

public sealed class ScheduleTests
{
    [Fact]
    public void Next_SameSeed_IsTheSame() => Assert.Equal(Draw(ReplicationMode.Sync, 7, 100), Draw(ReplicationMode.Sync, 7, 100));

    [Fact]
    public void Next_OtherSeed_IsAnother() => Assert.NotEqual(Draw(ReplicationMode.Sync, 7, 100), Draw(ReplicationMode.Sync, 8, 100));

    [Fact]
    public void Next_Synchronous_NeverCutsStandbysOffBeforeThePrimaryDies() =>
        Assert.DoesNotContain(new LoseWrites(CommitCut.AsText).Name, Draw(ReplicationMode.Sync, 7, 1_000));

    [Fact]
    public void Next_Asynchronous_LosesWritesOften() =>
        Assert.InRange(Draw(ReplicationMode.Async, 7, 1_000).Count(n => n == new LoseWrites(CommitCut.AsText).Name), 100, 300);

    [Fact]
    public void Next_ManyTimes_LeavesNoFaultOut() => Assert.Equal(18, Draw(ReplicationMode.Async, 7, 1_000).Distinct().Count());

    private static string[] Draw(ReplicationMode mode, int seed, int count)
    {
        var schedule = new Schedule(mode, new Random(seed));
        return [.. Enumerable.Range(0, count).Select(_ => schedule.Next().Name)];
    }
}
