using ClusterClient.Consistency;

namespace ClusterClient.Data;

/// <summary>A commit that is on its way, or was: what its end can be found out by.</summary>
/// <param name="Transaction">What it commits.</param>
/// <param name="Node">Where it was sent.</param>
/// <param name="Mark">The transaction's; null where it has none.</param>
/// <param name="Marker">What the transaction writes along with it; null where it writes none.</param>
/// <param name="Session">The server's number of the session; null where that is not known.</param>
/// <param name="SentAt">When, by the wall clock.</param>
/// <param name="SentTimestamp">When, by the time provider's timestamps.</param>
internal sealed record SentCommit(
    ClusterTransaction Transaction, ClusterNode Node, TransactionMark? Mark, Guid? Marker, long? Session, DateTimeOffset SentAt, long SentTimestamp)
{
    /// <summary>Whether there is anything to ask by.</summary>
    public bool CanBeAsked => Mark is not null || Marker is not null;

    public CommitOutcomeUnknownException Unknown(string reason, Exception? cause) =>
        new(Transaction.Owner.Opener.Cluster, Node.Endpoint.Name, reason, SentAt, cause, Transaction.Label) { Mark = Mark, Marker = Marker };
}
