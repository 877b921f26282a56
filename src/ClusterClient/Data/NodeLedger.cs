using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>What one node acknowledged, by interval between two looks at it. For one thread at a time, except that writes are counted.</summary>
/// <remarks>
/// Why by look: a position that was read by a look which began after an acknowledgement lies at or beyond what was acknowledged, whoever
/// else writes. So an interval ends when a look begins, and is bound by the position that this look, or the next that is answered, brings.
/// Intervals in which nothing was acknowledged are not kept. When <see cref="Capacity"/> are, eight minutes of steady writing or more, the
/// two oldest become one: what they count is kept, and only known less finely.
/// </remarks>
internal sealed class NodeLedger(WriteCount writes)
{
    internal const int Capacity = 1_024;

    /// <summary>Before every other time.</summary>
    public const long Never = long.MinValue;

    private readonly List<EndedInterval> _ended = [];
    private readonly Dictionary<long, LogPosition> _newest = [];
    private bool _hasCommits;

    /// <summary>The node's epoch when it was last seen to accept writes; 0 before that.</summary>
    public long Epoch { get; private set; }

    /// <summary>Whether its commits waited for replicas when it was seen last.</summary>
    public bool IsSynchronous { get; private set; }

    /// <summary>The epochs of which it has intervals that ended.</summary>
    public IEnumerable<long> Epochs => _ended.Select(i => i.Epoch).Distinct();

    /// <summary>The newest position that a look found in that epoch.</summary>
    public LogPosition Newest(long epoch) => _newest.GetValueOrDefault(epoch);

    /// <summary>A transaction was committed in the present interval.</summary>
    public void Committed() => _hasCommits = true;

    /// <summary>Ends the present interval, if there is anything in it.</summary>
    public bool TryCut(long now)
    {
        if (!_hasCommits && !writes.IsUsed)
        {
            return false;
        }

        _hasCommits = false;
        Keep(new(Epoch, writes.Cut(), now) { IsSynchronous = IsSynchronous });
        return true;
    }

    /// <summary>A look that began then found the node accepting writes.</summary>
    public void Seen(NodeFacts facts, long beganAt, long now)
    {
        if (facts.Epoch != Epoch)
        {
            TryCut(now);
            Epoch = facts.Epoch;
        }

        var bound = facts.Inserted ?? facts.Position;
        for (var i = _ended.Count - 1; i >= 0 && _ended[i].Bound is null; i--)
        {
            if (_ended[i].EndedAt <= beganAt && _ended[i].Epoch == facts.Epoch)
            {
                _ended[i].BoundBy(bound, beganAt);
                _ended[i].IsSynchronous &= facts.IsSynchronous;
            }
        }

        IsSynchronous = facts.IsSynchronous;
        _newest[facts.Epoch] = facts.Position;
    }

    /// <summary>What was acknowledged in that epoch before this time, in µs, lies at or before the position for certain.</summary>
    public long Before(long epoch, LogPosition? position) => _ended
        .Where(i => i.Epoch == epoch && i.Bound <= position).Select(i => i.BoundAt).DefaultIfEmpty(Never).Max();

    /// <summary>Takes out the intervals of that epoch that are not known to have ended by then.</summary>
    public List<EndedInterval> Take(long epoch, long from)
    {
        var taken = _ended.FindAll(i => i.Epoch == epoch && i.EndedAt > from);
        _ended.RemoveAll(taken.Contains);
        return taken;
    }

    /// <summary>They are to be judged another time.</summary>
    public void Return(IEnumerable<EndedInterval> intervals)
    {
        _ended.AddRange(intervals);
        _ended.Sort(static (a, b) => a.EndedAt.CompareTo(b.EndedAt));
    }

    /// <summary>From now on this commit is only counted.</summary>
    public void CountOnly(AcknowledgedCommit commit)
    {
        var interval = _ended.Find(i => i.Epoch == commit.History.Epoch && i.EndedAt > commit.At);
        if (interval is not null)
        {
            interval.Writes.Add(commit.At);
        }
        else if (commit.History.Epoch == Epoch)
        {
            writes.Add(commit.At);
        }
        else
        {
            var late = new WriteInterval();
            late.Add(commit.At);
            Keep(new(commit.History.Epoch, late, commit.At + 1) { IsSynchronous = IsSynchronous });
        }
    }

    private void Keep(EndedInterval interval)
    {
        _ended.Add(interval);
        if (_ended.Count > Capacity)
        {
            var i = 0;
            while (_ended[i].Epoch != _ended[i + 1].Epoch)
            {
                i++;
            }

            _ended[i].Join(_ended[i + 1]);
            _ended.RemoveAt(i + 1);
        }
    }
}
