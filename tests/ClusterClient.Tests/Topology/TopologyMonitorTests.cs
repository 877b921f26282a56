using ClusterClient.Resilience;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Topology;

/// <summary>The loops: how often they look, and what a hang or a broken connection does.</summary>
public sealed class TopologyMonitorTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Loops_AllIsWell_LookAtTheIntervalWithJitter()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        var quick = group.Pauses(0).Count(p => p < 100);
        await Until.TrueAsync(group.Clock, TimeSpan.FromMilliseconds(50), Minute, () => group.Pauses(0).Length >= quick + 20);
        var pauses = group.Pauses(0).Skip(quick).ToArray();
        Assert.All(pauses, p => Assert.InRange(p, 450, 550));
        Assert.True(pauses.Max() - pauses.Min() > 20, "there is no jitter");
    }

    [Fact]
    public async Task Loops_NoPrimary_LookQuicklyThenTire()
    {
        await using var group = new WatchedGroup("R1@9", "R1@9");
        group.Monitor.Start();
        await Until.TrueAsync(group.Clock, Step, Minute, () => group.Pauses(0).Length >= 20 && group.Pauses(1).Length >= 20);
        Assert.All(group.Pauses(0), p => Assert.InRange(p, 13.5, 16.5));

        group.Clock.Advance(Minute);
        await Until.TrueAsync(group.Clock, Step, Minute, () => group.Pauses(0)[^1] > 40);
        Assert.InRange(group.Pauses(0)[^1], 54, 66);
        Assert.Equal(MonitorUrgency.Tired, group.Monitor.Urgency);
    }

    [Fact]
    public async Task Loops_PrimaryAppears_CalmDown()
    {
        await using var group = new WatchedGroup("R1@9", "R1@9");
        group.Monitor.Start();
        await Until.TrueAsync(() => group.Now.Nodes.All(n => n.Role == NodeRole.Replica));
        group.Servers[1].Answers("P2@9/9");
        await Until.TrueAsync(group.Clock, Step, TimeSpan.FromSeconds(1), () => group.Now.Primary?.Index == 1);
        await group.CalmAsync();
    }

    [Fact]
    public async Task Loops_PrimaryIsLost_EveryNodeIsLookedAtAtOnce()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        group.Servers[1].Answers("P2@9/9");
        var looks = group.Looks(1);
        // The clock stands still from here on: what happens is caused by the news alone.
        group.Servers[0].OnLook = () => Task.FromException<NodeFacts>(new IOException("connection refused"));
        Break(group.Servers[0]);
        // The two loops run side by side: the new primary may be seen before the old one's look has failed.
        await Until.TrueAsync(() => group.Now.Primary?.Index == 1 && group[0].Status == NodeStatus.Unreachable);
        Assert.True(group.Looks(1) > looks);
        Assert.Equal("connection refused", group[0].Reason);
    }

    [Fact]
    public async Task Loops_FirstLookHangs_SilentAfterTheConnectTimeoutAndNobodyElseWaits()
    {
        await using var group = new WatchedGroup("P1@9", "R1@9", "R1@9");
        group.Servers[2].OnLook = () => new TaskCompletionSource<NodeFacts>().Task;
        var began = group.Clock.GetTimestamp();
        group.Monitor.Start();
        await Until.TrueAsync(() => group.Now.Primary is not null && group[1].Status == NodeStatus.Online && group.Probes(2) is [{ Looks: 1 }]);
        var looks = group.Looks(1);
        await Until.TrueAsync(group.Clock, Step, TimeSpan.FromSeconds(3), () => group[2].Status == NodeStatus.Silent);
        Assert.InRange(group.Clock.GetElapsedTime(began), WatchedGroup.ProbeTimeout * 2, (WatchedGroup.ProbeTimeout * 2) + (Step * 20));
        Assert.True(group.Looks(1) > looks + 50, $"only {group.Looks(1) - looks} looks at the other meanwhile");
        Assert.True(group.Probes(2)[0].IsDisposed);
    }

    [Fact]
    public async Task Loops_LaterLookHangs_SilentAfterTheProbeTimeoutAndWellWhenItAnswers()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        var hang = new TaskCompletionSource<NodeFacts>();
        var looks = group.Looks(1);
        group.Servers[1].OnLook = () => hang.Task;
        group.Monitor.LookAtAll();
        await Until.TrueAsync(() => group.Looks(1) == looks + 1);
        var began = group.Clock.GetTimestamp();
        await Until.TrueAsync(group.Clock, Step, TimeSpan.FromSeconds(3), () => group[1].Status == NodeStatus.Silent);
        // Its looks took no time at all so far: 5.2 times the least deviation, and the pause that it may always make.
        Assert.InRange(group.Clock.GetElapsedTime(began), TimeSpan.FromMilliseconds(820), WatchedGroup.ProbeTimeout + (Step * 20));
        var session = group[1].Session;
        group.Servers[1].Answers("R1@12");
        await Until.TrueAsync(group.Clock, Step, TimeSpan.FromSeconds(5), () => group[1].Status == NodeStatus.Online);
        Assert.Equal(session + 1, group[1].Session);
    }

    [Fact]
    public async Task Loops_NodeIsFarAway_KeepsItsProbeTimeoutAndIsNeverSuspected()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        var random = new Random(5);
        group.Servers[1].OnLook = async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(140 + (120 * random.NextDouble())), group.Clock);
            return Facts.Parse("R1@10");
        };
        var (before, looks) = (group.Now, group.Looks(1));
        await Until.TrueAsync(group.Clock, TimeSpan.FromMilliseconds(20), Minute, () => group.Looks(1) >= looks + 40);
        Assert.Equal((before.Version, 1), (group.Now.Version, group[1].Session));
    }

    [Fact]
    public async Task Loops_LoginIsRefused_IsTriedSeldomWhateverHappens()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        group.Servers[1].OnLook = () => Task.FromException<NodeFacts>(new FakeFault(FaultKind.Rejected));
        Break(group.Servers[1]);
        await Until.TrueAsync(() => group[1].Fault is FakeFault);
        Assert.Null(group.Now.LoginRefusal);
        var (began, tries) = (group.Clock.GetTimestamp(), group.Probes(1).Length);
        await Until.TrueAsync(group.Clock, Step * 10, Minute, () =>
        {
            // Callers who met faults elsewhere have every node looked at.
            group.Monitor.LookAtAll();
            return group.Clock.GetElapsedTime(began) > TimeSpan.FromSeconds(30);
        });
        // After 1, 2, 4, 8 s, then every ten.
        Assert.InRange(group.Probes(1).Length - tries, 3, 5);

        group.Servers[1].Answers("R1@9");
        await Until.TrueAsync(group.Clock, Step * 10, TimeSpan.FromSeconds(12), () => group[1].Status == NodeStatus.Online);
        Assert.Null(group[1].Fault);
    }

    [Fact]
    public async Task Loops_EveryLoginIsRefused_TheGroupSaysSo()
    {
        await using var group = new WatchedGroup("P1@9", "R1@9");
        foreach (var server in group.Servers)
        {
            server.OnLook = () => Task.FromException<NodeFacts>(new FakeFault(FaultKind.Rejected));
        }

        group.Monitor.Start();
        await Until.TrueAsync(() => group.Now.LoginRefusal is FakeFault);
        group.Servers[0].OnLook = () => Task.FromException<NodeFacts>(new IOException("connection refused"));
        await Until.TrueAsync(group.Clock, Step * 10, TimeSpan.FromSeconds(12), () => group.Now.LoginRefusal is null);
    }

    [Fact]
    public async Task Loops_SessionEndsUnderALook_ANewConnectionTellsWhatBecameOfTheNode()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        var (before, session) = (group.Now, group[0].Session);
        var broken = false;
        group.Servers[0].OnLook = () =>
        {
            var breaks = !broken;
            broken = true;
            return breaks ? Task.FromException<NodeFacts>(new IOException("terminated by an operator")) : Task.FromResult(Facts.Parse("P1@10"));
        };
        group.Monitor.LookAtAll();
        await Until.TrueAsync(() => group[0].Session == session + 1 && !group[0].IsDoubted);

        for (var topology = before; topology.Next.IsCompletedSuccessfully; topology = await topology.Next)
        {
            Assert.Equal(NodeStatus.Online, (await topology.Next).Nodes[0].Status);
        }
    }

    [Fact]
    public async Task Loops_ClockRingsMuchTooLate_BlamesThisProcessNotTheNode()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        var answer = new TaskCompletionSource<NodeFacts>();
        var looks = group.Looks(1);
        group.Servers[1].OnLook = () => answer.Task;
        group.Monitor.LookAtAll();
        await Until.TrueAsync(() => group.Looks(1) == looks + 1);

        // A pause of the whole process: the timer is due long since when it comes to run, and the answer lies there.
        group.Clock.Stall(WatchedGroup.ProbeTimeout * 3);
        answer.SetResult(Facts.Parse("R1@12"));

        await Until.TrueAsync(() => group[1].Position.Ordinal == 12);
        Assert.Equal((NodeStatus.Online, 1), (group[1].Status, group[1].Session));
    }

    [Fact]
    public async Task Loops_IdleConnectionBreaks_DoubtsAndLooksAtOnce()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        var (answer, session) = (new TaskCompletionSource<NodeFacts>(), group[0].Session);
        group.Servers[0].OnLook = () => answer.Task;
        Break(group.Servers[0]);
        await Until.TrueAsync(() => group.Probes(0) is [.., { Looks: 1, IsConnected: false }]);
        Assert.True(group[0].IsDoubted);
        answer.SetResult(Facts.Parse("P1@9"));
        await Until.TrueAsync(() => !group[0].IsDoubted);
        Assert.Equal((NodeRole.Primary, session + 1), (group[0].Role, group[0].Session));
    }

    [Fact]
    public async Task Loops_NodeStaysAway_IsTriedLessAndLessOften()
    {
        await using var group = await new WatchedGroup("P1@9", "R1@9", "R1@9").CalmAsync();
        group.Servers[2].OnLook = () => Task.FromException<NodeFacts>(new IOException("refused"));
        Break(group.Servers[2]);
        await Until.TrueAsync(() => group[2].Status == NodeStatus.Unreachable);
        var (began, tries) = (group.Clock.GetTimestamp(), group.Probes(2).Length);
        await Until.TrueAsync(group.Clock, Step, Minute, () => group.Clock.GetElapsedTime(began) > TimeSpan.FromSeconds(5));
        // After 0.1, 0.2, 0.4, 0.8 s, then every second.
        Assert.InRange(group.Probes(2).Length - tries, 5, 9);
    }

    [Fact]
    public async Task DisposeAsync_Running_EndsLoopsAndWakesWaiters()
    {
        var group = await new WatchedGroup("P1@9", "R1@9").CalmAsync();
        group.Servers[1].OnLook = () => new TaskCompletionSource<NodeFacts>().Task;
        group.Monitor.LookAtAll();
        await Until.TrueAsync(() => group.Probes(1)[^1] is { IsWatched: false });
        var (last, next) = (group.Now, group.Now.Next);
        await group.DisposeAsync().AsTask().Soon();
        Assert.Equal(last.Version, (await next.Soon()).Version);
        Assert.True(group.Monitor.IsStopped);
        Assert.All([.. group.Probes(0), .. group.Probes(1)], p => Assert.True(p.IsDisposed));
        var looks = group.Looks(0);
        group.Monitor.Start();
        group.Monitor.Doubt(0);
        group.Clock.Advance(Minute);
        Assert.Equal((looks, 0), (group.Looks(0), group.Clock.ArmedTimers));
    }

    /// <summary>Breaks the monitor's idle connection; the next one holds.</summary>
    private static void Break(FakeServer server)
    {
        var broken = server.Broken;
        server.Broken = new();
        broken.SetException(new IOException("connection reset"));
    }
}
