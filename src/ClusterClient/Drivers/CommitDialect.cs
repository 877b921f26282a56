using System.Data.Common;
using ClusterClient.Consistency;

namespace ClusterClient.Drivers;

/// <summary>How a database is asked what became of a transaction: the statements, and how their rows are read.</summary>
/// <remarks>
/// Implementations are thread-safe. What is given a command sets its text and adds its parameters; the command is new and already has its
/// connection. What is given a row reads the present row of a reader and leaves the reader there.
/// </remarks>
public abstract class CommitDialect
{
    /// <summary>
    /// A query of one row for <see cref="ReadMark(DbDataReader)"/>, sent behind a transaction's write in the same round trip, or before its commit. It must
    /// give the transaction no id that it does not have. Null when the database cannot tell transactions by id.
    /// </summary>
    public abstract string? Mark { get; }

    /// <summary>
    /// The same before a write, for one whose answer is a reader that goes to the application: it may give the transaction its id. Its rows must
    /// be told by the name of their first column, <see cref="MarkColumn"/>. Null when there is none.
    /// </summary>
    public abstract string? MarkAhead { get; }

    /// <summary>The name of the first column of <see cref="Mark"/> and <see cref="MarkAhead"/>, such as no application uses.</summary>
    public abstract string MarkColumn { get; }

    /// <summary>
    /// Whether this command, of which a copy runs together with the question for the mark, then gives the application what it gives alone. False for
    /// settings of the driver's own that hold for a whole text or cannot be copied; the mark is asked for before the commit then.
    /// </summary>
    public virtual bool CanMark(DbCommand command) => true;

    /// <summary>Null when the transaction has written nothing.</summary>
    public abstract TransactionMark? ReadMark(DbDataReader row);

    /// <summary>
    /// <see cref="Mark"/> or <see cref="MarkAhead"/> for this connection: an adapter may leave out what it knows of its session. Asks nobody.
    /// </summary>
    /// <param name="connection">The driver's own.</param>
    /// <param name="isAhead">Whether it goes before the write.</param>
    public virtual string MarkOn(DbConnection connection, bool isAhead) => isAhead ? MarkAhead! : Mark!;

    /// <summary>Reads the answer to <see cref="MarkOn"/>.</summary>
    /// <param name="row">It.</param>
    /// <param name="connection">The driver's own.</param>
    public virtual TransactionMark? ReadMark(DbDataReader row, DbConnection connection) => ReadMark(row);

    /// <summary>Asks what became of a transaction: one row for <see cref="ReadAnswer"/>.</summary>
    public abstract void Ask(DbCommand command, TransactionMark mark);

    /// <summary>Reads what <see cref="Ask"/> brought.</summary>
    public abstract CommitAnswer ReadAnswer(DbDataReader row);

    /// <summary>Which of the server's sessions this connection is, for <see cref="EndSession"/>; null when that cannot be told. Asks nobody.</summary>
    /// <param name="connection">The driver's own, open.</param>
    public abstract long? SessionOf(DbConnection connection);

    /// <summary>
    /// Ends a session that a transaction was left open in, with the locks that it holds, unless it is waiting for replicas to confirm its
    /// commit. It must not touch another session that the server has given the same number since.
    /// </summary>
    /// <param name="command">Sets the text of this.</param>
    /// <param name="session">What <see cref="SessionOf"/> told.</param>
    /// <param name="open">For how long at least the transaction has been open: one that is younger is another.</param>
    public abstract void EndSession(DbCommand command, long session, TimeSpan open);

    /// <summary>
    /// A statement that returns when everything that was committed on this server before is as safe as what it acknowledges: where commits
    /// wait for replicas, when those have it.
    /// </summary>
    public abstract string Confirm { get; }

    /// <summary>Makes the table of markers where it is not there yet.</summary>
    public abstract string CreateMarkers { get; }

    /// <summary>
    /// Writes a marker and commits, in one round trip, as the end of the transaction that is open on the connection.
    /// </summary>
    /// <param name="connection">The driver's own.</param>
    /// <param name="transaction">The driver's own; it is over when the batch has succeeded.</param>
    /// <param name="marker">New for every attempt, and growing with time.</param>
    public abstract DbBatch CommitWithMarker(DbConnection connection, DbTransaction transaction, Guid marker);

    /// <summary>
    /// Takes the marker's place where it is not there, waiting for a transaction that is about to write it, and asks whose it is: one row, whose
    /// first column is true when the transaction wrote it, and false when this did, now or earlier.
    /// </summary>
    public abstract void TakeMarker(DbCommand command, Guid marker);

    /// <summary>Removes all markers that are older than this one.</summary>
    public abstract void PruneMarkers(DbCommand command, Guid olderThan);

    /// <summary>What the server said last of the session's transaction; null when the driver does not tell, or the connection is closed. Asks nobody.</summary>
    /// <param name="connection">The driver's own.</param>
    public virtual SessionState? StateOf(DbConnection connection) => null;

    /// <summary>Whether this says that the table of markers is not there.</summary>
    public virtual bool IsWithoutMarkers(Exception exception) => false;

    /// <summary>A statement that does nothing and fails where the transaction it runs in has failed.</summary>
    public abstract string Ping { get; }
}
