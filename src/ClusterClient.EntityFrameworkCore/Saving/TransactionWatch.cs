using System.Data.Common;
using ClusterClient.Data;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ClusterClient.EntityFrameworkCore.Saving;

/// <summary>Tells the strategy that runs what was committed in it: to run it again would do that twice.</summary>
internal sealed class TransactionWatch : DbTransactionInterceptor
{
    /// <inheritdoc/>
    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
        ClusterExecutionStrategy.Running?.MayHaveWritten();

    /// <inheritdoc/>
    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ClusterExecutionStrategy.Running?.MayHaveWritten();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => Failed(eventData);

    /// <inheritdoc/>
    public override Task TransactionFailedAsync(
        DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Failed(eventData);
        return Task.CompletedTask;
    }

    private static void Failed(TransactionErrorEventData eventData)
    {
        if (eventData.Action == "Commit" && CallFault.Of(eventData.Exception) is not { MayHaveBeenApplied: false })
        {
            ClusterExecutionStrategy.Running?.MayHaveWritten();
        }
    }
}
