using System.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Data;

/// <summary>Opening asynchronously when nothing hangs: waiting, refusing, going on to another node.</summary>
public sealed class ConnectionOpenerTests
{
    private static readonly TimeSpan FailoverTimeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task OpenAsync_PrimaryKnown_OpensToIt()
    {
        await using var cluster = new FakeCluster(3).Sees("R1@9 P1@9 R1@9");
        var opened = await cluster.OpenAsync(RouteIntent.Write, default);
        Assert.Equal((1, ConnectionState.Open, "0 1 0"), (opened.Node.Index, opened.Native.State, cluster.InFlight));
    }

    [Fact]
    public async Task OpenAsync_NoPrimary_WaitsForOneAndProceeds()
    {
        await using var cluster = new FakeCluster(2).Sees("R1@9 R1@9");
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        // News that brings no primary changes nothing.
        cluster.Sees("x .");
        cluster.Sees("~ .");
        Assert.False(opening.IsCompleted);
        cluster.Sees(". P2@9/9");
        Assert.Equal(1, (await opening.Soon()).Node.Index);
        Assert.Equal("0 1", cluster.InFlight);
    }

    [Fact]
    public async Task OpenAsync_NoPrimaryUntilTheDeadline_RefusesWithTheExplanation()
    {
        await using var cluster = new FakeCluster(2, FailoverTimeout).Sees("R1@9 x");
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        cluster.Clock.Advance(FailoverTimeout - TimeSpan.FromMilliseconds(1));
        await Task.Yield();
        Assert.False(opening.IsCompleted);
        cluster.Clock.Advance(TimeSpan.FromMilliseconds(2));
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(opening.Soon);
        Assert.StartsWith("orders: no connection to the primary: none could be had within 30 s (FailoverTimeout).", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((RouteIntent.Write, true, null), (refusal.Intent, refusal.IsTransient, refusal.InnerException));
        Assert.EndsWith(refusal.Explanation, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("unreachable: connection refused", refusal.Explanation, StringComparison.Ordinal);
        Assert.Equal("0 0", cluster.InFlight);
    }

    [Fact]
    public async Task OpenAsync_EveryAttemptFailsUntilTheDeadline_RefusalCarriesTheLastFault()
    {
        await using var cluster = new FakeCluster(1, FailoverTimeout).Sees("P1@9");
        cluster.Servers[0].Refuses(new FakeFault(FaultKind.ConnectionLost));
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        Assert.True(cluster.Monitor.Current.Nodes[0].IsDoubted);
        var last = new FakeFault(FaultKind.ShuttingDown);
        cluster.Servers[0].Refuses(last);
        cluster.Sees("P1@9");
        await Until.TrueAsync(() => cluster.Servers[0].Opens == 2 && cluster.Monitor.Current.Nodes[0].IsDoubted);
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromSeconds(1), FailoverTimeout * 2, () => opening.IsCompleted);
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => opening);
        Assert.Same(last, refusal.InnerException);
        Assert.Equal("0", cluster.InFlight);
    }

    [Fact]
    public async Task OpenAsync_CancelledWhileItWaits_EndsAtOnceAndFreesItsPlace()
    {
        await using var cluster = new FakeCluster(1, maxWaitingCalls: 1).Sees("R1@9");
        using var caller = new CancellationTokenSource();
        var first = cluster.OpenAsync(RouteIntent.Write, caller.Token).AsTask();
        await caller.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(first.Soon);
        Assert.Equal(caller.Token, cancelled.CancellationToken);

        var second = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        Assert.False(second.IsCompleted);
        cluster.Sees("P2@9/9");
        Assert.Equal(0, (await second.Soon()).Node.Index);
    }

    [Fact]
    public async Task OpenAsync_AlreadyCancelled_TouchesNoServer()
    {
        await using var cluster = new FakeCluster(1).Sees("P1@9");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.OpenAsync(RouteIntent.Write, new(true)).AsTask());
        Assert.Equal(0, cluster.Servers[0].Opens);
    }

    [Fact]
    public async Task OpenAsync_MoreThanMayWait_AreRefusedAtOnce()
    {
        await using var cluster = new FakeCluster(1, maxWaitingCalls: 2).Sees("R1@9");
        Task[] waiting = [.. Enumerable.Range(0, 2).Select(_ => cluster.OpenAsync(RouteIntent.Write, default).AsTask())];
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => cluster.OpenAsync(RouteIntent.Write, default).AsTask());
        Assert.Contains("2 calls wait for a node already (MaxWaitingCalls)", refusal.Message, StringComparison.Ordinal);
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
        // A read needs no place in that line.
        await cluster.OpenAsync(RouteIntent.Read, default);
        cluster.Sees("P2@9/9");
        await Task.WhenAll(waiting).Soon();
    }

    [Theory]
    [InlineData(FaultKind.ConnectionLost)]
    [InlineData(FaultKind.ShuttingDown)]
    [InlineData(FaultKind.Timeout)]
    public async Task OpenAsync_ReplicaFails_IsDoubtedAndAnotherServes(FaultKind kind)
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@9");
        cluster.Servers[1].Refuses(new FakeFault(kind));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(2, (await cluster.OpenAsync(RouteIntent.Read, default)).Node.Index);
        }

        Assert.True(cluster.Monitor.Current.Nodes[1].IsDoubted);
        Assert.Equal(1, cluster.Servers[1].Opens);
        Assert.All(cluster.Servers[1].Connections, c => Assert.True(c.IsDisposed));
        Assert.Equal("0 0 4", cluster.InFlight);
    }

    [Theory]
    [InlineData(FaultKind.Rejected)]
    [InlineData(FaultKind.PoolExhausted)]
    [InlineData(FaultKind.Statement)]
    [InlineData(FaultKind.Overloaded)]
    public async Task OpenAsync_FaultThatSaysNothingOfTheNode_IsThrownAsItIs(FaultKind kind)
    {
        await using var cluster = new FakeCluster(2).Sees("P1@9 R1@9");
        var fault = new FakeFault(kind);
        cluster.Servers[0].Refuses(fault);
        Assert.Same(fault, await Assert.ThrowsAsync<FakeFault>(() => cluster.OpenAsync(RouteIntent.Write, default).AsTask()));
        Assert.Equal((1, "0 0", false), (cluster.Servers[0].Opens, cluster.InFlight, cluster.Monitor.Current.Nodes[0].IsDoubted));
        Assert.True(cluster.Servers[0].Connections.Single().IsDisposed);
    }

    [Fact]
    public async Task OpenAsync_Contested_RefusesAtOnceAndNamesBoth()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 P1@9 R1@9");
        var refusal = await Assert.ThrowsAsync<ClusterUnavailableException>(() => cluster.OpenAsync(RouteIntent.Write, default).AsTask().Soon());
        Assert.Contains("several nodes accept writes in the same epoch", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("contested by a and b", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await cluster.OpenAsync(RouteIntent.Read, default)).Node.Index);
    }

    [Fact]
    public async Task OpenAsync_ContestedWhileItWaits_IsRefused()
    {
        await using var cluster = new FakeCluster(2).Sees("R1@9 R1@9");
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        // One is seen after the other; should the call meet the first alone, that one refuses it.
        cluster.Servers[0].Refuses(new FakeFault(FaultKind.ConnectionLost));
        cluster.Sees("P1@9 P1@9");
        Assert.Contains("contested", (await Assert.ThrowsAsync<ClusterUnavailableException>(opening.Soon)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_Disposed_AlsoEndsThoseThatWait()
    {
        var cluster = new FakeCluster(1).Sees("R1@9");
        var opening = cluster.OpenAsync(RouteIntent.Write, default).AsTask();
        await cluster.DisposeAsync();
        Assert.Equal("orders", (await Assert.ThrowsAsync<ObjectDisposedException>(opening.Soon)).ObjectName);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => cluster.OpenAsync(RouteIntent.Read, default).AsTask());
        // A doubt that is voiced late does not bring the monitor back to life.
        var last = cluster.Monitor.Current;
        cluster.Monitor.Doubt(0);
        Assert.Same(last, cluster.Monitor.Current);
    }

    [Fact]
    public async Task OpenAsync_AttemptsThatKeepFailing_PauseLongerAndLonger()
    {
        await using var cluster = new FakeCluster(1, FailoverTimeout).Sees("P1@9");
        cluster.Servers[0].Refuses(new FakeFault(FaultKind.ConnectionLost));
        // Reads take a doubted node when there is no other, so nothing but the pauses holds them back.
        var began = cluster.Clock.GetTimestamp();
        var opening = cluster.OpenAsync(RouteIntent.Read, default).AsTask();
        Assert.Equal(2, cluster.Servers[0].Opens);
        var pauses = new List<double>();
        while (pauses.Count < 8)
        {
            var (opens, since) = (cluster.Servers[0].Opens, cluster.Clock.GetTimestamp());
            await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), () => cluster.Servers[0].Opens > opens);
            await Until.TrueAsync(() => cluster.Clock.ArmedTimers > 1);
            pauses.Add(cluster.Clock.GetElapsedTime(since).TotalMilliseconds);
        }

        // 5 ms, doubled up to 250; the clock's steps and the time of a failure come on top.
        Assert.All(pauses.Zip([5, 10, 20, 40, 80, 160, 250, 250]), p => Assert.InRange(p.First, p.Second - 1.5, p.Second * 1.5 + 10));
        cluster.Servers[0].OnOpen = () => Task.CompletedTask;
        await Until.TrueAsync(cluster.Clock, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(5), () => opening.IsCompleted);
        Assert.Equal(0, (await opening).Node.Index);
        Assert.True(cluster.Clock.GetElapsedTime(began) < FailoverTimeout);
    }

    [Fact]
    public async Task OpenAsync_WritesBetweenReads_DoNotTakeTheirTurns()
    {
        await using var cluster = new FakeCluster(3).Sees("P1@9 R1@9 R1@9");
        var served = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            await using var write = await cluster.Writes.OpenConnectionAsync();
            _ = cluster.Reads.Explain();
            await using var read = await cluster.Reads.OpenConnectionAsync();
            served.Add(read.NodeName![0] - 'a');
        }

        Assert.Equal(2, served.Count(n => n == 1));
        Assert.Equal(2, served.Count(n => n == 2));
    }
}
