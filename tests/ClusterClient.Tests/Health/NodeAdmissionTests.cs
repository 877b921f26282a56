using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Health;

/// <summary>Who may open now: what counts, who is woken when, and that nobody is forgotten.</summary>
public sealed class NodeAdmissionTests
{
    private const long Patience = 60_000_000;

    private readonly NodeState _state = new(null, new() { Floor = 2, Initial = 2, Ceiling = 2, MaxQueued = 3 });

    [Fact]
    public void TryBeginOpen_BelowTheLimit_Begins()
    {
        Assert.True(_state.TryBeginOpen(1));
        Assert.True(_state.TryBeginOpen(2));
        Assert.False(_state.TryBeginOpen(3));
        Assert.Equal((2, 2, 0), (_state.InFlight, _state.Connections, _state.Waiting));
    }

    [Fact]
    public void TryBeginOpen_ConnectionsNotUsedYet_TakeHalfOfThePlacesAtMost()
    {
        foreach (var at in new[] { 1, 2, 3, 4 })
        {
            Assert.True(_state.TryBeginOpen(at));
            _state.Opened(at);
        }

        Assert.True(_state.TryBeginOpen(5));
        Assert.False(_state.TryBeginOpen(6));
    }

    [Fact]
    public void Overloaded_FewInFlight_IsNoneOfTheLimitsDoing()
    {
        var state = new NodeState(null, new() { Floor = 10, Initial = 100 });
        for (var i = 0; i < 50; i++)
        {
            state.Begin(i);
            if (i == 48)
            {
                state.Overloaded(beganAt: 40, now: 50);
                Assert.Equal(100, state.Limit);
            }
        }

        state.Overloaded(beganAt: 40, now: 50);
        Assert.Equal(90, state.Limit);
    }

    [Fact]
    public async Task End_SomebodyWaits_HandsItsPlaceOn()
    {
        Fill();
        var first = Enqueue(1);
        var second = Enqueue(1);
        Assert.False(_state.TryBeginOpen(9));
        _state.End(1);
        Assert.Equal(QueueOutcome.Admitted, await first.Task.Soon());
        Assert.Equal((2, 1, false), (_state.InFlight, _state.Waiting, second.Task.IsCompleted));
        _state.Complete(2, 50, 0, faulted: true);
        Assert.Equal(QueueOutcome.Admitted, await second.Task.Soon());
        _state.Admitted(first, 60);
        _state.End(60);
        _state.End(second.Since);
        Assert.Equal((0, 0), (_state.InFlight, _state.Waiting));
    }

    [Fact]
    public async Task Closed_UnusedConnection_HandsItsPlaceOn()
    {
        Assert.True(_state.TryBeginOpen(1));
        _state.Opened(1);
        Assert.True(_state.TryBeginOpen(2));
        var waiting = Enqueue(1);
        _state.Unreserve();
        _state.Closed();
        Assert.Equal(QueueOutcome.Admitted, await waiting.Task.Soon());
    }

    [Fact]
    public void TryBeginOpen_SomebodyWaits_DoesNotOvertake()
    {
        Fill();
        Enqueue(1);
        _state.Begin(20);
        _state.End(1);
        _state.End(2);
        // The one that waited has its place, and there is one left with the command of 20.
        Assert.Equal((2, 0), (_state.InFlight, _state.Waiting));
    }

    [Fact]
    public async Task TryEnqueue_RoomCameMeanwhile_HasItsTurnAtOnce()
    {
        Fill();
        Assert.False(_state.TryBeginOpen(3));
        // Nobody waited yet when this place became free: there was no one to hand it to.
        _state.End(1);
        Assert.Equal(QueueOutcome.Admitted, await Enqueue(1).Task.Soon());
        Assert.Equal((2, 0), (_state.InFlight, _state.Waiting));
    }

    [Fact]
    public async Task TryEnqueue_Full_EvictsOfTheLongestAndTellsIt()
    {
        Fill();
        QueuedCall[] hogs = [Enqueue(1), Enqueue(1), Enqueue(1)];
        Assert.Null(_state.TryEnqueue(Share(1), 9, Patience, out _));
        Assert.NotNull(_state.TryEnqueue(Share(2), 9, Patience, out _));
        Assert.Equal(QueueOutcome.Evicted, await hogs[2].Task.Soon());
        Assert.Equal(3, _state.Waiting);
    }

    [Fact]
    public void TryEnqueue_WouldTakeTooLong_RefusesAndSaysHowLong()
    {
        _state.Begin(0);
        _state.Complete(0, 10_000, 0, faulted: false);
        Fill();
        Enqueue(1);
        Assert.Null(_state.TryEnqueue(Share(1), 9, 9_999, out var isTooLong));
        Assert.Equal((true, 1, 10.0), (isTooLong, _state.Waiting, _state.WaitOf(Share(1)).TotalMilliseconds));
        Assert.NotNull(_state.TryEnqueue(Share(1), 9, 10_000, out _));
    }

    [Fact]
    public void TryEnqueue_QueueHasStoodForLong_LetsInOnlyWhatIsServedSoon()
    {
        _state.Begin(0);
        _state.Complete(0, 600_000, 0, faulted: false);
        Fill();
        const long Second = 1_000_000;
        Assert.NotNull(_state.TryEnqueue(Share(1), Second, Second, out _));
        Assert.NotNull(_state.TryEnqueue(Share(1), 2 * Second, Second, out _));
        Assert.Null(_state.TryEnqueue(Share(1), (2 * Second) + 1, Second, out var isTooLong));
        Assert.True(isTooLong);
        _state.Release();
        Assert.NotNull(_state.TryEnqueue(Share(1), 3 * Second, Second, out _));
    }

    [Fact]
    public async Task TryLeave_InTime_IsNeverWoken()
    {
        Fill();
        var gone = Enqueue(1);
        var next = Enqueue(1);
        Assert.True(_state.TryLeave(gone));
        Assert.False(_state.TryLeave(gone));
        _state.End(1);
        Assert.Equal(QueueOutcome.Admitted, await next.Task.Soon());
        Assert.False(_state.TryLeave(next));
        Assert.False(gone.Task.IsCompleted);
    }

    [Fact]
    public async Task Release_All_LookAgain()
    {
        Fill();
        QueuedCall[] waiting = [Enqueue(1), Enqueue(2)];
        _state.Release();
        Assert.All(await Task.WhenAll(waiting.Select(w => w.Task)).Soon(), o => Assert.Equal(QueueOutcome.Released, o));
        Assert.Equal((2, 0), (_state.InFlight, _state.Waiting));
    }

    [Fact]
    public void Load_SomeWait_CountsThemForWhoeverComesNext()
    {
        Fill();
        Enqueue(1);
        Assert.Equal((3, 2), (_state.Load(10, 0).InFlight, _state.InFlight));
    }

    [Fact]
    public void Load_AdmittedAfterAWait_IsAsOldAsItsTurn()
    {
        Fill();
        var call = Enqueue(1, at: 10);
        _state.End(1);
        _state.End(2);
        _state.Admitted(call, 1_000_000);
        Assert.Equal(5, _state.Load(1_000_005, 0).Age);
    }

    [Fact]
    public void TryBeginOpen_BelowTheLimit_AllocatesNothing()
    {
        var state = new NodeState(null, new());
        Cycle();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            Cycle();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Cycle()
        {
            Assert.True(state.TryBeginOpen(1));
            state.Opened(1);
            state.Unreserve();
            state.Begin(2);
            state.Complete(2, 3, 0, faulted: false);
            state.Closed();
        }
    }

    // Threads that come, go, give up and are sent away, as they like. Nobody waits for ever, and nothing is left over.
    [Fact]
    public async Task TryEnqueue_ManyThreads_NobodyIsForgotten()
    {
        const int Threads = 24;
        const int Rounds = 400;
        var limits = new ConcurrencyLimits { Floor = 1, Initial = 3, Ceiling = 3, MaxQueued = 12 };
        var state = new NodeState(null, limits);
        var (admitted, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(t => Task.Run(() => CallAsync(t)))).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((0, 0, 0), (state.InFlight, state.Waiting, state.Connections));
        Assert.True(admitted > Rounds, $"{admitted} were admitted");
        // Each that is too many takes itself back; none of them gets through.
        Assert.InRange(most, 1, limits.Ceiling + Threads);

        async Task CallAsync(int thread)
        {
            var random = new Random(thread);
            for (var round = 0; round < Rounds; round++)
            {
                var began = (long)(1_000_000 + (thread * Rounds) + round);
                if (!state.TryBeginOpen(began))
                {
                    if (state.TryEnqueue(Share(1 + (thread % 5), (CallPriority)(thread % 2)), began, Patience, out _) is not { } call)
                    {
                        continue;
                    }

                    if (random.Next(8) == 0)
                    {
                        await Task.Yield();
                        if (state.TryLeave(call))
                        {
                            continue;
                        }
                    }

                    if (random.Next(200) == 0)
                    {
                        state.Release();
                    }

                    if (await call.Task != QueueOutcome.Admitted)
                    {
                        continue;
                    }
                }

                Interlocked.Increment(ref admitted);
                state.Opened(began);
                await Task.Yield();
                state.Unreserve();
                state.Begin(began + 1);
                InterlockedMax(ref most, state.InFlight);
                if (random.Next(3) == 0)
                {
                    await Task.Yield();
                }

                state.Complete(began + 1, began + 100, 0, faulted: false);
                state.Closed();
            }
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    private void Fill()
    {
        Assert.True(_state.TryBeginOpen(1));
        Assert.True(_state.TryBeginOpen(2));
    }

    private QueuedCall Enqueue(int flow, long at = 5)
    {
        var call = _state.TryEnqueue(Share(flow), at, Patience, out _);
        Assert.NotNull(call);
        return call;
    }

    private static CallerShare Share(int flow, CallPriority priority = CallPriority.Interactive) => new(flow, 1, priority);
}
