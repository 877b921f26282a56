using ClusterClient.Resilience;

namespace ClusterClient.Health;

/// <summary>
/// The calls that wait for their turn at one node: interactive before batch, callers of one priority in turns (<see cref="FlowRing"/>), no
/// more than so many. Where it is full, the newest call of the caller with the most waiting goes, batch before interactive: a caller that
/// asks for little is not refused for one that asks for much.
/// </summary>
/// <remarks>Not thread-safe: under the lock of its owner. Batch calls wait for as long as interactive ones do not leave off, by intent.</remarks>
internal sealed class FairQueue(int capacity)
{
    private readonly FlowRing _interactive = new();
    private readonly FlowRing _batch = new();

    public int Count => _interactive.Count + _batch.Count;

    /// <summary>Takes one more in.</summary>
    /// <param name="call">The newcomer.</param>
    /// <param name="evicted">The call that had to go for it; it waits no more, and is to be told.</param>
    /// <returns>False when it is itself the one that has to go.</returns>
    public bool TryAdd(QueuedCall call, out QueuedCall? evicted)
    {
        evicted = null;
        var ring = Of(call.Share.Priority);
        if (Count >= capacity)
        {
            if (Victim(call.Share, ring) is not { } victim)
            {
                return false;
            }

            evicted = victim;
            Remove(victim);
        }

        ring.Add(call);
        return true;
    }

    /// <summary>The next to be served; null when nobody waits.</summary>
    public QueuedCall? Take() => _interactive.Take() ?? _batch.Take();

    /// <summary>It waits no more. False when it did not any longer.</summary>
    public bool Remove(QueuedCall call)
    {
        if (call.Flow is null)
        {
            return false;
        }

        Of(call.Share.Priority).Remove(call);
        return true;
    }

    /// <summary>How many calls will be served before one more of this caller's, as things stand.</summary>
    public int Before(CallerShare share) => share.Priority == CallPriority.Interactive
        ? _interactive.Before(share)
        : _interactive.Count + _batch.Before(share);

    private QueuedCall? Victim(CallerShare share, FlowRing ring)
    {
        if (ring == _interactive && _batch.Longest is { } later)
        {
            return later.Last;
        }

        var own = ring.FlowOf(share.Flow);
        return ring.Longest is { } longest && longest != own && longest.Length > (own.Count + 1) / share.Weight ? longest.Last : null;
    }

    private FlowRing Of(CallPriority priority) => priority == CallPriority.Interactive ? _interactive : _batch;
}
