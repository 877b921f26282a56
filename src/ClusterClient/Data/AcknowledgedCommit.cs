using ClusterClient.Consistency;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>A transaction that was committed for certain, as the ledger keeps it.</summary>
/// <param name="History">The epoch and node that it was committed in.</param>
/// <param name="At">When this process heard of it, in µs.</param>
/// <param name="WallTime">The same by the wall's clock.</param>
/// <param name="Position">The commit lies at or after this.</param>
/// <param name="HasWritten">Whether it wrote for certain.</param>
/// <param name="Mark">Its id, where it has one.</param>
/// <param name="Marker">Its row in the table of markers, where it has one.</param>
/// <param name="Label">The application's name for it, where it gave one.</param>
/// <param name="IsSynchronous">Whether its server's commits waited for replicas.</param>
/// <param name="ClearedFor">A later history of which the servers said that it is in it.</param>
/// <param name="ClearedUpTo">Where that history left the earlier ones: at or before this it has the commit. Null when that is not known.</param>
internal readonly record struct AcknowledgedCommit(
    History History,
    long At,
    DateTimeOffset WallTime,
    LogPosition Position,
    bool HasWritten,
    TransactionMark? Mark,
    Guid? Marker,
    string? Label,
    bool IsSynchronous = false,
    History? ClearedFor = null,
    LogPosition? ClearedUpTo = null)
{
    /// <summary>Whether there is something by which a server can be asked.</summary>
    public bool CanBeAskedFor => Mark is not null || Marker is not null;
}
