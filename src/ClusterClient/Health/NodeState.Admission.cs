using System.Runtime.CompilerServices;
using ClusterClient.Resilience;

namespace ClusterClient.Health;

// Who may open a connection to the node now, and who waits for a turn.
internal sealed partial class NodeState
{
    private const int StandingPart = 4;

    private readonly Lock _line = new();
    private readonly FairQueue _queue = new(limits.MaxQueued);
    private ConcurrencyLimit _limit = new(limits);

    // The queue's length, to be read without its lock.
    private int _waiting;

    // When the first came of those that have waited without a pause since.
    private long _queuedFrom;

    /// <summary>How many requests may be in flight now before further opens wait; <see cref="int.MaxValue"/> where nothing is limited.</summary>
    public int Limit => _limit.Now;

    /// <summary>How many calls wait for their turn.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>What a request takes at the node when it is at its limit, in µs; 0 when nothing is known.</summary>
    public float ServiceInCrowd => _limit.Crowded > 0 ? _limit.Crowded : Volatile.Read(ref _service);

    /// <summary>
    /// <see cref="BeginOpen"/>, if the node is below its limit and nobody waits. Otherwise nothing has begun, and
    /// <see cref="TryEnqueue"/> must follow.
    /// </summary>
    /// <remarks>
    /// One more comparison of what the count yields anyway. Requests are counted first and looked at then, so that no two take the
    /// last place; the one that is too many takes itself back.
    /// </remarks>
    public bool TryBeginOpen(long now)
    {
        Interlocked.Increment(ref _connections);
        var count = _outstanding.Begin(now);
        _peers.Begin();
        if ((count + Volatile.Read(ref _reserved) <= _limit.Now && Volatile.Read(ref _waiting) == 0)
            || (Volatile.Read(ref _waiting) == 0 && Fits(count)))
        {
            return true;
        }

        _outstanding.End(now);
        _peers.End();
        Interlocked.Decrement(ref _connections);
        return false;
    }

    /// <summary>Waits for a turn, or for what <see cref="QueueOutcome"/> says else; once admitted, the open counts as begun when it came.</summary>
    /// <param name="share">Whose call it is.</param>
    /// <param name="now">The present time, in µs.</param>
    /// <param name="patience">For how long it would wait, in µs.</param>
    /// <param name="isTooLong">Whether it would wait for too long, rather than with too many.</param>
    /// <returns>Null when it may not wait.</returns>
    /// <remarks>
    /// A queue that has not been empty for as long as a call may wait is no burst any more: everybody would wait as long as he may, and
    /// for many that is too late. Then only such calls are let in as are served within a quarter of the time. Source: CoDel (CACM
    /// 2012), in the form of Facebook's servers (Fail at Scale, CACM 2015); the wait is by caller, so it is the hog that notices.
    /// </remarks>
    public QueuedCall? TryEnqueue(CallerShare share, long now, long patience, out bool isTooLong)
    {
        _limit.AboutToWait(now);
        QueuedCall? call = new(share, now);
        QueuedCall? evicted = null;
        lock (_line)
        {
            _queuedFrom = _queue.Count == 0 ? now : _queuedFrom;
            var isStanding = now - _queuedFrom > limits.MaxQueueTime.TotalMicroseconds;
            isTooLong = ExpectedWait(share) > (isStanding ? patience / StandingPart : patience);
            call = !isTooLong && _queue.TryAdd(call, out evicted) ? call : null;
            // With a full fence: whoever ends a request looks here after it, and this thread at the count after this.
            Interlocked.Exchange(ref _waiting, _queue.Count);
        }

        evicted?.TrySetResult(QueueOutcome.Evicted);
        // Also when it does not wait: its attempt counted for a moment, and may have kept another from its turn.
        AdmitWhileThereIsRoom();
        return call;
    }

    /// <summary>It waits no longer. False when its waiting had ended already, so that it may have been admitted.</summary>
    public bool TryLeave(QueuedCall call)
    {
        lock (_line)
        {
            var left = _queue.Remove(call);
            Volatile.Write(ref _waiting, _queue.Count);
            return left;
        }
    }

    /// <summary>An open that was admitted goes on now: the time in which it waited is none that the node took.</summary>
    public void Admitted(QueuedCall call, long now) => _outstanding.Restart(call.Since, now);

    /// <summary>Sends all that wait here to look again.</summary>
    public void Release()
    {
        while (Volatile.Read(ref _waiting) != 0)
        {
            QueuedCall? call;
            lock (_line)
            {
                call = _queue.Take();
                Volatile.Write(ref _waiting, _queue.Count);
            }

            call?.TrySetResult(QueueOutcome.Released);
        }
    }

    /// <summary>How long one more call of this caller's would wait for its turn, in µs: all before it, at the rate of the limit.</summary>
    public TimeSpan WaitOf(CallerShare share)
    {
        lock (_line)
        {
            return TimeSpan.FromMicroseconds(ExpectedWait(share));
        }
    }

    /// <summary>A call to it timed out, or was refused for want of resources.</summary>
    /// <remarks>With few in flight that is not for want of a limit.</remarks>
    public void Overloaded(long beganAt, long now)
    {
        if (Outstanding.Count(_outstanding.Read()) >= _limit.CrowdedFrom)
        {
            _limit.Overloaded(beganAt, now);
        }
    }

    private long ExpectedWait(CallerShare share) => (long)((_queue.Before(share) + 1) * ServiceInCrowd / _limit.Now);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AdmitWaiting()
    {
        if (Volatile.Read(ref _waiting) != 0)
        {
            AdmitWhileThereIsRoom();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AdmitWhileThereIsRoom()
    {
        while (true)
        {
            QueuedCall? next;
            lock (_line)
            {
                next = Fits(Outstanding.Count(_outstanding.Read()) + 1) ? _queue.Take() : null;
                if (next is null)
                {
                    return;
                }

                // On its behalf, before it wakes: nobody takes the place meanwhile.
                BeginOpen(next.Since);
                Volatile.Write(ref _waiting, _queue.Count);
            }

            next.TrySetResult(QueueOutcome.Admitted);
        }
    }

    // Connections that are open and have not been used yet may take half of the places at most. They will be used in a moment, or an
    // application holds many without using them: then no answer of the node's would ever make room.
    private bool Fits(int count)
    {
        var limit = _limit.Now;
        return count + Math.Min(Volatile.Read(ref _reserved), limit / 2) <= limit;
    }
}
