using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Topology;

/// <summary>Doubts, and changes that come from many threads at once.</summary>
public sealed class DoubtTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Doubt_WhileIdle_IsLookedIntoAtOnce()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        var looks = group.Looks(0);
        group.Monitor.Doubt(0);
        await Until.TrueAsync(() => group.Looks(0) > looks && !group[0].IsDoubted);
    }

    [Fact]
    public async Task Doubt_WhileALookIsUnderWay_IsSettledByTheNextOnly()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        var first = HangLook(group);
        group.Monitor.LookAtAll();
        await LookBeginsAsync(group);
        group.Clock.Advance(Moment);
        group.Monitor.Doubt(0);
        await EndsUnsettledAsync(group, first);
    }

    [Fact]
    public async Task Doubt_AgainWhileItsOwnLookIsUnderWay_IsSettledByTheNextOnly()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        var first = HangLook(group);
        group.Monitor.Doubt(0);
        await LookBeginsAsync(group);
        group.Clock.Advance(Moment);
        group.Monitor.Doubt(0);
        await EndsUnsettledAsync(group, first);
    }

    [Fact]
    public async Task Doubt_AThousandAtOnce_AreOneChange()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        var before = group.Now;
        HangLook(group);
        group.Monitor.Doubt(0);
        var doubted = group.Now;
        Assert.Equal(before.Version + 1, doubted.Version);
        Parallel.For(0, 1_000, _ => group.Monitor.Doubt(0));
        Assert.Equal(doubted.Version, group.Now.Version);
        Assert.Same(doubted.Next, group.Now.Next);
    }

    [Fact]
    public async Task Report_FromManyThreads_LosesNoChange()
    {
        await using var cluster = new FakeCluster(4);
        var versions = new List<long>();
        var follower = Task.Run(async () =>
        {
            for (var at = cluster.Monitor.Current; ;)
            {
                versions.Add(at.Version);
                var next = await at.Next;
                if (next == at)
                {
                    return;
                }

                at = next;
            }
        });
        await Until.TrueAsync(() => versions.Count > 0);
        Parallel.For(0, 4, node =>
        {
            string[] answers = [node == 0 ? "P1@9" : "R1@9", "R1@9", "R1@10"];
            for (var i = 0; i < 500; i++)
            {
                var at = cluster.Clock.GetTimestamp();
                cluster.Monitor.Report(node, i % 4 == 3 ? Sightings.Refused(at) : Sightings.Answer(answers[i % 3], at));
                if (i % 50 == 0)
                {
                    cluster.Monitor.Doubt(node);
                }
            }
        });
        var last = cluster.Monitor.Current.Version;
        await cluster.DisposeAsync();
        await follower.Soon();
        Assert.True(last > 1_000, $"only {last} changes");
        Assert.Equal(Enumerable.Range((int)versions[0], versions.Count), versions.Select(v => (int)v));
        Assert.Equal(last, versions[^1]);
    }

    private static TaskCompletionSource<NodeFacts> HangLook(WatchedGroup group)
    {
        var answer = new TaskCompletionSource<NodeFacts>();
        group.Servers[0].OnLook = () => answer.Task;
        return answer;
    }

    private static Task LookBeginsAsync(WatchedGroup group) => Until.TrueAsync(() => !group.Probes(0)[^1].IsWatched);

    /// <summary>The look that is under way ends and settles nothing; the one that begins then does.</summary>
    private static async Task EndsUnsettledAsync(WatchedGroup group, TaskCompletionSource<NodeFacts> first)
    {
        var looks = group.Looks(0);
        var second = HangLook(group);
        first.SetResult(Facts.Parse("P1@9"));
        await Until.TrueAsync(() => group.Looks(0) == looks + 1);
        Assert.True(group[0].IsDoubted);
        second.SetResult(Facts.Parse("P1@9"));
        await Until.TrueAsync(() => !group[0].IsDoubted);
    }
}
