using ClusterClient.Topology;

namespace ClusterClient.Consistency;

/// <summary>What a server answers to the question what became of a transaction. The driver reports, it does not judge.</summary>
public sealed record CommitAnswer
{
    /// <summary>Whether the server accepts writes: what a replica says of a transaction is not final.</summary>
    public required bool IsWritable { get; init; }

    /// <summary>Its epoch.</summary>
    public required long Epoch { get; init; }

    /// <summary>Which run of the server answers; see <see cref="TransactionMark.Run"/>.</summary>
    public required string Run { get; init; }

    /// <summary>Where the recovery that this run began with ended; null when there was none, or the server does not know it any more.</summary>
    public LogPosition? RecoveredTo { get; init; }

    /// <summary>
    /// Whether that recovery was a replica's, ended by its promotion: then it is where <see cref="Epoch"/> left the epoch before it. Otherwise
    /// it was a crash's, and says nothing of earlier ones.
    /// </summary>
    public bool WasPromoted { get; init; }

    /// <summary>What it says of the id.</summary>
    public required TransactionStatus Status { get; init; }
}
