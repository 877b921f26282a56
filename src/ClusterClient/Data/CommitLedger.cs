using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>
/// Remembers what was acknowledged to this process, to tell after a failover what of it may be lost. Thread-safe; nothing under its lock
/// does IO or calls anybody.
/// </summary>
/// <remarks>
/// <para>
/// A commit lies between two positions: it was sent after the one that was known then (its lower bound), and acknowledged before the one
/// that the next look at its node brought (its upper bound). With the new history's fork that gives three answers:
/// <c>upper ≤ proven</c>, it is there; <c>lower ≥ limit</c>, it is lost; otherwise it is doubtful, and the servers may be asked. The doubt is
/// about what was acknowledged between the last looks before a failover, half a second's worth, and what replicas had not received.
/// </para>
/// <para>
/// Transactions are kept one by one, the last <see cref="Capacity"/> of them; older ones, and writes outside of transactions, are counted by
/// interval (<see cref="NodeLedger"/>). A write that is answered after its node lost its place comes late, and is judged then.
/// </para>
/// </remarks>
internal sealed class CommitLedger(ImmutableArray<NodeState> nodes, HealthClock clock, TimeProvider time)
{
    internal const int Capacity = 4_096;

    private readonly Lock _gate = new();
    private readonly ImmutableArray<NodeLedger> _nodes = [.. nodes.Select(n => new NodeLedger(n.Writes))];
    private readonly CommitRing _commits = new(Capacity);
    private HistoryReach _reach = HistoryReach.Empty;
    private string? _systemId;
    private bool _isDue;

    /// <summary>Set when something was acknowledged in a history that is over.</summary>
    public WakeSignal Late { get; } = new();

    /// <summary>A look at the node is about to begin: what was acknowledged so far is what it will speak for.</summary>
    public void LookBegins(int node)
    {
        bool isLate;
        lock (_gate)
        {
            isLate = _nodes[node].TryCut(clock.Now) && IsOver(new(_nodes[node].Epoch, node));
            _isDue |= isLate;
        }

        if (isLate)
        {
            Late.Set();
        }
    }

    /// <summary>It ended in this.</summary>
    public void LookEnded(int node, NodeSighting sighting)
    {
        if (sighting.Facts is not { IsWritable: true } facts)
        {
            return;
        }

        lock (_gate)
        {
            if (_systemId is null || _systemId == facts.SystemId)
            {
                _nodes[node].Seen(facts, clock.From(sighting.AnsweredAt), clock.Now);
            }
        }
    }

    /// <summary>A transaction that may have written was committed for certain. Called as soon as that is known.</summary>
    /// <param name="sentTo">Its node as the newest snapshot showed it before its COMMIT was sent.</param>
    /// <param name="mark">What is known of it by id; null when it was not asked for.</param>
    /// <param name="marker">Its row in the table of markers; null when it has none.</param>
    /// <param name="label">The application's name for it; null when it gave none.</param>
    /// <param name="hasWritten">Whether it wrote for certain; one that may have only read is never lost for certain.</param>
    public void Acknowledged(NodeDescription sentTo, TransactionMark? mark, Guid? marker, string? label, bool hasWritten)
    {
        var history = new History(sentTo.Epoch, sentTo.Index);
        var position = mark is not null && mark.Position > sentTo.Position ? mark.Position : sentTo.Position;
        var commit = new AcknowledgedCommit(history, clock.Now, time.GetUtcNow(), position, hasWritten, mark, marker, label, _nodes[sentTo.Index].IsSynchronous);
        bool isLate;
        lock (_gate)
        {
            _nodes[sentTo.Index].Committed();
            Add(commit);
            isLate = IsOver(history);
            _isDue |= isLate;
        }

        if (isLate)
        {
            Late.Set();
        }
    }

    /// <summary>The topology is this now; none is left out.</summary>
    public void Follow(ClusterTopology topology)
    {
        lock (_gate)
        {
            var reach = _reach.After(topology);
            _isDue |= reach != _reach;
            _reach = reach;
            _systemId = topology.SystemId;
        }
    }

    /// <summary>
    /// Takes out all that was acknowledged in histories that are over and that the present one is not proved to have, newest history first: that is what a failover loses.
    /// </summary>
    public ImmutableArray<Suspects> Take()
    {
        lock (_gate)
        {
            if (!_isDue || _reach.Present is not { } present)
            {
                return [];
            }

            _isDue = false;
            for (var i = 0; i < _nodes.Length; i++)
            {
                if (IsOver(new(_nodes[i].Epoch, i)))
                {
                    _nodes[i].TryCut(clock.Now);
                }
            }

            return
            [
                .. _nodes.SelectMany((n, i) => n.Epochs.Select(e => new History(e, i))).Union(_commits.Histories)
                    .Where(h => h != present).OrderByDescending(h => h.Epoch).ToArray()
                    .Select(h => Take(h, present)).Where(s => !s.IsEmpty),
            ];
        }
    }

    /// <summary>The servers say that these are in that history: they are kept, for what the next failover does to them.</summary>
    public void Clear(IEnumerable<AcknowledgedCommit> commits, Suspects of)
    {
        lock (_gate)
        {
            PutBack(commits.Select(c => c with { ClearedFor = of.To, ClearedUpTo = of.Reach.Limit }));
        }
    }

    /// <summary>They could not be judged, because there is another primary by now, or none: they are judged when there is one again.</summary>
    public void Return(Suspects open)
    {
        lock (_gate)
        {
            PutBack(open.Lost.Concat(open.Doubtful));
            _nodes[open.From.Node].Return(open.Intervals);
            _isDue = true;
        }
    }

    private Suspects Take(History history, History present)
    {
        var node = _nodes[history.Node];
        var reach = _reach.Of(history);
        var before = node.Before(history.Epoch, reach.Proven);
        var commits = _commits.Take(c => c.History == history && c.At >= before && !IsCleared(c, present));
        var intervals = node.Take(history.Epoch, before);
        var counted = intervals.FindAll(i => i.Writes.Count > 0);
        var isLost = commits.OrderBy(c => c.At).ToLookup(c => c.HasWritten && c.Position >= reach.Limit);
        return new()
        {
            From = history,
            To = present,
            Reach = reach,
            LastAcknowledged = commits.Select(c => c.Position).Append(node.Newest(history.Epoch)).Max(),
            IsSynchronous = commits.TrueForAll(c => c.IsSynchronous) && intervals.TrueForAll(i => i.IsSynchronous),
            Lost = [.. isLost[true]],
            Doubtful = [.. isLost[false]],
            Intervals = [.. intervals],
            Writes = counted.Sum(i => i.Writes.Count),
            FirstAt = counted.Select(i => i.Writes.FirstAt).DefaultIfEmpty().Min(),
            LastAt = counted.Select(i => i.Writes.LastAt).DefaultIfEmpty().Max(),
        };
    }

    // What a later history was said to have lies in it before the point where that left the others: whoever has it up to there has the commit.
    private bool IsCleared(AcknowledgedCommit commit, History present) => commit.ClearedFor is { } later
        && (later == present || (commit.ClearedUpTo is { } end && end <= _reach.Of(later).Proven));

    // To where they were: what is oldest is what has to go for the next ones.
    private void PutBack(IEnumerable<AcknowledgedCommit> commits)
    {
        foreach (var commit in _commits.Take(static _ => true).Concat(commits).OrderBy(c => c.At).ToArray())
        {
            Add(commit);
        }
    }

    private void Add(AcknowledgedCommit commit)
    {
        // One of which the servers were asked is old news by the time that it has to go.
        if (_commits.Add(commit) is { ClearedFor: null } oldest)
        {
            _nodes[oldest.History.Node].CountOnly(oldest);
        }
    }

    // As long as no other primary was seen, the last one's history is not.
    private bool IsOver(History history) => _reach.Present is { } present && history != present && history.Epoch > 0;
}
