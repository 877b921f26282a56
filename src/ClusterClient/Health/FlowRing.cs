namespace ClusterClient.Health;

/// <summary>The calls of one priority that wait at a node, by caller, served in turns: deficit round robin over hashed queues.</summary>
/// <remarks>
/// <para>
/// Each round gives every caller that has something waiting as many turns as its weight says; a call costs one, and what is left of a turn
/// is kept for the next round. So callers that want more than their share get it to within one call, <c>weight / sum of weights</c>, and
/// those that want less wait for one round at most. Serving takes a constant time for weights of 1 and above, and ten rounds at most for
/// the least weight. Fair queueing proper would sort by finishing times, for shares that differ by less than a call.
/// </para>
/// <para>
/// Nothing is kept of callers that have nothing waiting. There are <see cref="Flows"/> queues; a caller takes the one that its hash points
/// at, or one of <see cref="Others"/> more when that is another's, so that two share one only where very many wait at once. Source:
/// McKenney, stochastic fairness queueing (INFOCOM 1990); Shreedhar and Varghese, deficit round robin (SIGCOMM 1995).
/// </para>
/// </remarks>
internal sealed class FlowRing
{
    public const int Flows = 64;

    private const int Others = 15;

    /// <summary>Ten turns of a tenth make one, whatever binary fractions say.</summary>
    private const double Rounding = 1e-6;

    // Made for the first that waits: most nodes never have any.
    private CallerFlow?[]? _flows;
    private CallerFlow? _current;

    public int Count { get; private set; }

    /// <summary>The caller with the most waiting, by its weight; null when there is none.</summary>
    public CallerFlow? Longest
    {
        get
        {
            var longest = _current;
            for (var at = _current?.Next; at is not null && at != _current; at = at.Next)
            {
                longest = at.Length > longest!.Length ? at : longest;
            }

            return longest;
        }
    }

    /// <summary>The queue in which a caller's calls wait, or would.</summary>
    public CallerFlow FlowOf(int key)
    {
        _flows ??= new CallerFlow?[Flows];
        CallerFlow? free = null;
        // Multiplied by the golden ratio, because small numbers differ in few bits only.
        var hash = (uint)key * 0x9E3779B9;
        var (from, step) = (hash >> 26, hash >> 20 | 1);
        for (var i = 0u; i <= Others; i++)
        {
            var flow = _flows[(from + (i * step)) % Flows] ??= new();
            if (flow.Count > 0 && flow.Key == key)
            {
                return flow;
            }

            free ??= flow.Count == 0 ? flow : null;
        }

        return free ?? _flows[from]!;
    }

    /// <summary>How many calls will be served before one more of this caller's.</summary>
    public int Before(CallerShare share)
    {
        var own = FlowOf(share.Flow);
        double before = own.Count;
        var rounds = (own.Count + 1) / share.Weight;
        var at = _current;
        for (var i = 0; at is not null && (i == 0 || at != _current); i++, at = at.Next)
        {
            before += at == own ? 0 : Math.Min(at.Count, rounds * at.Weight);
        }

        return (int)before;
    }

    public void Add(QueuedCall call)
    {
        var flow = FlowOf(call.Share.Flow);
        if (flow.Count == 0)
        {
            Join(flow);
        }

        flow.Add(call);
        Count++;
    }

    public void Remove(QueuedCall call)
    {
        var flow = call.Flow!;
        flow.Remove(call);
        Count--;
        if (flow.Count == 0)
        {
            Part(flow);
        }
    }

    /// <summary>Whose turn it is; null when nobody waits.</summary>
    public QueuedCall? Take()
    {
        while (_current is { } flow)
        {
            if (!flow.HasQuantum)
            {
                flow.HasQuantum = true;
                flow.Deficit += flow.Weight;
            }

            if (flow.Deficit >= 1 - Rounding)
            {
                flow.Deficit--;
                var call = flow.First;
                Remove(call);
                return call;
            }

            flow.HasQuantum = false;
            _current = flow.Next;
        }

        return null;
    }

    // Behind all that wait already.
    private void Join(CallerFlow flow)
    {
        if (_current is null)
        {
            _current = flow.Next = flow.Previous = flow;
            return;
        }

        var last = _current.Previous!;
        (last.Next, flow.Previous) = (flow, last);
        (flow.Next, _current.Previous) = (_current, flow);
    }

    // With nothing left to serve, what it has saved is lost: a share that is not wanted is not owed later.
    private void Part(CallerFlow flow)
    {
        if (flow == _current)
        {
            _current = flow.Next == flow ? null : flow.Next;
        }

        (flow.Previous!.Next, flow.Next!.Previous) = (flow.Next, flow.Previous);
        flow.Next = flow.Previous = null;
        (flow.Deficit, flow.HasQuantum) = (0, false);
    }
}
