using ClusterClient.Data;

namespace ClusterClient;

// Transactions on the primary that are run again as a whole; for read-only ones on replicas see Reads.
public sealed partial class ClusterDataSource
{
    /// <inheritdoc cref="ClusterDataSourceView.ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public Task ExecuteInTransactionAsync(
        Func<ClusterConnection, CancellationToken, Task> work, TransactionSettings? settings = null, CancellationToken cancellationToken = default) =>
        Writes.ExecuteInTransactionAsync(work, settings, cancellationToken);

    /// <inheritdoc cref="ClusterDataSourceView.ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public Task<TResult> ExecuteInTransactionAsync<TResult>(
        Func<ClusterConnection, CancellationToken, Task<TResult>> work, TransactionSettings? settings = null, CancellationToken cancellationToken = default) =>
        Writes.ExecuteInTransactionAsync(work, settings, cancellationToken);

    /// <inheritdoc cref="ClusterDataSourceView.ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public Task ExecuteInTransactionAsync(
        Func<ClusterConnection, TransactionAttempt, CancellationToken, Task> work, TransactionSettings? settings = null, CancellationToken cancellationToken = default) =>
        Writes.ExecuteInTransactionAsync(work, settings, cancellationToken);

    /// <inheritdoc cref="ClusterDataSourceView.ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public Task<TResult> ExecuteInTransactionAsync<TResult>(
        Func<ClusterConnection, TransactionAttempt, CancellationToken, Task<TResult>> work, TransactionSettings? settings = null, CancellationToken cancellationToken = default) =>
        Writes.ExecuteInTransactionAsync(work, settings, cancellationToken);

    /// <inheritdoc cref="ClusterDataSourceView.ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public void ExecuteInTransaction(Action<ClusterConnection> work, TransactionSettings? settings = null) =>
        Writes.ExecuteInTransaction(work, settings);

    /// <inheritdoc cref="ClusterDataSourceView.ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public TResult ExecuteInTransaction<TResult>(Func<ClusterConnection, TResult> work, TransactionSettings? settings = null) =>
        Writes.ExecuteInTransaction(work, settings);

    /// <inheritdoc cref="ClusterDataSourceView.ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public void ExecuteInTransaction(Action<ClusterConnection, TransactionAttempt> work, TransactionSettings? settings = null) =>
        Writes.ExecuteInTransaction(work, settings);

    /// <inheritdoc cref="ClusterDataSourceView.ExecuteInTransactionAsync(Func{ClusterConnection, CancellationToken, Task}, TransactionSettings?, CancellationToken)"/>
    public TResult ExecuteInTransaction<TResult>(Func<ClusterConnection, TransactionAttempt, TResult> work, TransactionSettings? settings = null) =>
        Writes.ExecuteInTransaction(work, settings);
}
