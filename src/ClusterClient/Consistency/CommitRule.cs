using System.Collections.Immutable;
using ClusterClient.Topology;

namespace ClusterClient.Consistency;

/// <summary>
/// Whether what a primary says of a transaction's id can be believed to be about that transaction. Pure.
/// </summary>
/// <remarks>
/// <para>
/// Why it is not enough to ask. An id that was lost, with a primary whose last writes reached no replica or in a crash before they
/// were flushed, is handed out again, and the stranger's "committed" looks like ours. A position tells the two apart: a server whose
/// recovery went at least up to <see cref="TransactionMark.Position"/> has seen the id in its history, hands out only later ones, and
/// speaks of ours; one whose history ended before never had it.
/// </para>
/// <para>
/// The rule, with L the mark's position: the same run of the server → believe. The same epoch in another run, which a crash lies
/// before → its end R decides: R ≥ L → believe, R &lt; L → not committed. A later epoch → where the histories parted decides, for each
/// epoch since the mark's: all at or after L → believe; the last one before L → not committed. Where a position that decides is
/// not known, or only that of a later crash, which hides the one that counts → unknown.
/// </para>
/// <para>
/// Tried on PostgreSQL 15 in each of these cases. Its bound: of several crashes within one epoch before the answer, the last one is taken for the
/// only one. Who waits for a commit asks until there is an answer, so that they all would have to come within one interval of asking; who asks
/// long after it, for a report of losses, has no such bound.
/// </para>
/// </remarks>
internal static class CommitRule
{
    /// <param name="mark">The transaction.</param>
    /// <param name="answer">What the server said.</param>
    /// <param name="forks">Where each epoch left the one before it, as far as that is known for certain.</param>
    public static CommitVerdict Judge(TransactionMark mark, CommitAnswer answer, ImmutableSortedDictionary<long, LogPosition> forks)
    {
        if (!answer.IsWritable)
        {
            return new(CommitOutcome.Unknown, "the server that was asked is a replica", IsFinal: false);
        }

        if (answer.Run == mark.Run)
        {
            return Believe(answer.Status, "the server has run since");
        }

        if (answer.Epoch < mark.Epoch)
        {
            return new(CommitOutcome.Unknown, $"the server that was asked is in epoch {answer.Epoch}, the transaction was in {mark.Epoch}", IsFinal: false);
        }

        return answer.Epoch == mark.Epoch ? AfterRestart(mark, answer) : AfterPromotion(mark, answer, forks);
    }

    private static CommitVerdict AfterRestart(TransactionMark mark, CommitAnswer answer) => answer.RecoveredTo switch
    {
        // It was a replica when the transaction's epoch began elsewhere.
        _ when answer.WasPromoted => new(CommitOutcome.Unknown, $"another server than the transaction's was promoted to the same epoch, {answer.Epoch}"),
        null => new(CommitOutcome.Unknown, "the server was restarted, and does not tell up to where it recovered before"),
        { } end when end < mark.Position => new(
            CommitOutcome.NotCommitted, $"the server's crash lost everything after {end}, and the transaction first wrote at {mark.Position}"),
        { } end => Believe(answer.Status, $"the server recovered up to {end} from its crash, beyond the transaction's first write at {mark.Position}"),
    };

    private static CommitVerdict AfterPromotion(TransactionMark mark, CommitAnswer answer, ImmutableSortedDictionary<long, LogPosition> forks)
    {
        var missing = 0L;
        var lost = 0L;
        for (var epoch = mark.Epoch + 1; epoch <= answer.Epoch; epoch++)
        {
            if (Fork(epoch) is not { } fork)
            {
                missing = missing == 0 ? epoch : missing;
            }
            else if (fork < mark.Position)
            {
                lost = epoch;
            }
        }

        return lost == answer.Epoch ? new(
                CommitOutcome.NotCommitted, $"epoch {lost} left the history before it at {Fork(lost)}, and the transaction first wrote at {mark.Position}")
            : missing != 0 ? new(CommitOutcome.Unknown, $"where epoch {missing} left the history before it is not known")
            // The last epoch may have come from the one that lost it or from one before that.
            : lost != 0 ? new(CommitOutcome.Unknown, $"epoch {lost} began without the transaction, and a later one beyond it")
            : Believe(answer.Status, $"epoch {answer.Epoch} has the history up to {Fork(answer.Epoch)}, beyond the transaction's first write at {mark.Position}");

        LogPosition? Fork(long epoch) => forks.TryGetValue(epoch, out var known) ? known
            : epoch == answer.Epoch && answer.WasPromoted ? answer.RecoveredTo
            : null;
    }

    private static CommitVerdict Believe(TransactionStatus status, string why) => status switch
    {
        TransactionStatus.Committed => new(CommitOutcome.Committed, $"the server says so, and {why}"),
        TransactionStatus.Aborted => new(CommitOutcome.NotCommitted, $"the server says that it was rolled back, and {why}"),
        TransactionStatus.InProgress => new(CommitOutcome.Unknown, "it has not ended", IsFinal: false),
        _ => new(CommitOutcome.Unknown, "the server does not remember the transaction's id"),
    };
}
