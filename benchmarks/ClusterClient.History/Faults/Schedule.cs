using ClusterClient.History.CommandLine;
using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>Which fault comes next: drawn by weight, the same for the same seed.</summary>
internal sealed class Schedule
{
    private readonly Random _random;
    private readonly (Fault Fault, int Weight)[] _faults;
    private readonly int _total;

    public Schedule(ReplicationMode mode, Random random)
    {
        const string commit = CommitCut.AsText;
        _random = random;
        _faults =
        [
            (new KillAndPromote(), 16),
            (new HangAndPromote(), 10),
            (new HangForAWhile(), 8),
            (new CrashRestart(), 12),
            (new LinkFault(LinkTrouble.Drop, promotes: false), 6),
            (new LinkFault(LinkTrouble.HalfOpen, promotes: false), 8),
            (new LinkFault(LinkTrouble.Reset, promotes: false), 8),
            (new LinkFault(LinkTrouble.Drop, promotes: true), 4),
            (new LinkFault(LinkTrouble.HalfOpen, promotes: true), 6),
            (new LinkFault(LinkTrouble.Reset, promotes: true), 4),
            (new CommitCut(commit, CutSide.BeforeServer, CutManner.Reset), 8),
            (new CommitCut(commit, CutSide.AfterServer, CutManner.Reset), 10),
            (new CommitCut(commit, CutSide.BeforeServer, CutManner.Drop), 4),
            (new CommitCut(commit, CutSide.AfterServer, CutManner.Drop), 6),
            (new PlannedPromotion(), 10),
            (new ReplicaLag(), 4),
            (new ReplicaRestart(), 4),
            .. mode == ReplicationMode.Async ? new (Fault, int)[] { (new LoseWrites(commit), 25) } : [],
        ];
        _total = _faults.Sum(f => f.Weight);
    }

    public Fault Next()
    {
        var at = _random.Next(_total);
        foreach (var (fault, weight) in _faults)
        {
            at -= weight;
            if (at < 0)
            {
                return fault;
            }
        }

        throw new InvalidOperationException("The weights do not add up.");
    }
}
