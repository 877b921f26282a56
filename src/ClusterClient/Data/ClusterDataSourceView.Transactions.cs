using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Data;

// Transactions that are run again as a whole.
public sealed partial class ClusterDataSourceView
{
    /// <summary>
    /// Runs a delegate in a transaction on a connection of this view, and commits it; one of reads may not write. Where another transaction or a
    /// server was in the way, one that is lost, hung or no primary any more, the whole of it is rolled back and run again on a fresh connection,
    /// within <see cref="TransactionSettings.Timeout"/>, <see cref="RetryPolicy.MaxRetries"/> and the retry budget. Where the answer to the
    /// commit is lost, it is found out what became of it, as <see cref="ClusterOptions.CommitResolution"/> says, so that it is committed once.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The delegate may run several times. It must do everything that is to be part of the transaction on the connection that it is given, wait for all of
    /// it, and neither end the transaction nor close the connection; it returns to commit, and throws to roll back. What it does elsewhere, such as a
    /// message, a payment, a file or a variable of its caller's, is done as often as it runs and is not undone: do that after this has returned. A call of
    /// this method inside of it is a transaction of its own, which stays when this one is rolled back and is done again when this one is run again.
    /// </para>
    /// <para>
    /// It is not run again after an exception of the delegate's own, a fault that would come again, such as a violated constraint, a fault of another
    /// cluster, or where something outside of the transaction may have been applied. What it ends in is the last attempt's exception, as it was thrown;
    /// <see cref="CallFault.Of"/> tells how many attempts there were and why there was no further one. A statement that fails fails the transaction, also
    /// when the delegate goes on after it, unless it has gone back to a savepoint.
    /// </para>
    /// <para>Thread-safe; each call has a connection of its own.</para>
    /// </remarks>
    /// <param name="work">What to do: the connection, and a token that ends with the caller's or the deadline.</param>
    /// <param name="settings">Isolation level, deadline, label; null for the default.</param>
    /// <param name="cancellationToken">Cancels it all. A commit that is cancelled in the midst may have been done.</param>
    /// <exception cref="CommitOutcomeUnknownException">Nobody who could be asked in time knew what became of the commit; it is not tried again.</exception>
    /// <exception cref="ClusterUnavailableException">No node could be had in time.</exception>
    /// <exception cref="ClusterOverloadedException">The node has as much to do as it can, and too much waits for it.</exception>
    /// <exception cref="InvalidOperationException">
    /// There is an ambient transaction, or the delegate ended the transaction or closed the connection.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public Task ExecuteInTransactionAsync(
        Func<ClusterConnection, CancellationToken, Task> work, TransactionSettings? settings = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return ExecuteInTransactionAsync(
            async (db, _, ct) =>
            {
                await work(db, ct).ConfigureAwait(false);
                return true;
            },
            settings,
            cancellationToken);
    }

    /// <inheritdoc cref="ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public Task<TResult> ExecuteInTransactionAsync<TResult>(
        Func<ClusterConnection, CancellationToken, Task<TResult>> work, TransactionSettings? settings = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return ExecuteInTransactionAsync((db, _, ct) => work(db, ct), settings, cancellationToken);
    }

    /// <inheritdoc cref="ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public Task ExecuteInTransactionAsync(
        Func<ClusterConnection, TransactionAttempt, CancellationToken, Task> work, TransactionSettings? settings = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return ExecuteInTransactionAsync(
            async (db, attempt, ct) =>
            {
                await work(db, attempt, ct).ConfigureAwait(false);
                return true;
            },
            settings,
            cancellationToken);
    }

    /// <inheritdoc cref="ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public Task<TResult> ExecuteInTransactionAsync<TResult>(
        Func<ClusterConnection, TransactionAttempt, CancellationToken, Task<TResult>> work, TransactionSettings? settings = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return new TransactionCall<TResult>(_origin.ForTransactions(), settings ?? TransactionSettings.Default).RunAsync(work, cancellationToken);
    }

    /// <inheritdoc cref="ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public void ExecuteInTransaction(Action<ClusterConnection> work, TransactionSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        ExecuteInTransaction(
            (db, _) =>
            {
                work(db);
                return true;
            },
            settings);
    }

    /// <inheritdoc cref="ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public TResult ExecuteInTransaction<TResult>(Func<ClusterConnection, TResult> work, TransactionSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return ExecuteInTransaction((db, _) => work(db), settings);
    }

    /// <inheritdoc cref="ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public void ExecuteInTransaction(Action<ClusterConnection, TransactionAttempt> work, TransactionSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        ExecuteInTransaction(
            (db, attempt) =>
            {
                work(db, attempt);
                return true;
            },
            settings);
    }

    /// <inheritdoc cref="ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public TResult ExecuteInTransaction<TResult>(Func<ClusterConnection, TransactionAttempt, TResult> work, TransactionSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return new TransactionCall<TResult>(_origin.ForTransactions(), settings ?? TransactionSettings.Default).Run(work);
    }
}
