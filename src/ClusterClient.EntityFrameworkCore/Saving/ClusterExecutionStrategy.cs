using System.Data.Common;
using System.Transactions;
using ClusterClient.Data;
using ClusterClient.Resilience;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ClusterClient.EntityFrameworkCore.Saving;

/// <summary>
/// Runs again what met a fault that another attempt may not meet, unless something was done by then that would be done twice. Retries are paid
/// from the cluster's budget.
/// </summary>
/// <remarks>
/// What runs inside a transaction that the application began without it is not run again, and is not refused either: code that is right
/// without retries stays so.
/// </remarks>
internal sealed class ClusterExecutionStrategy(ExecutionStrategyDependencies dependencies)
    : ExecutionStrategy(dependencies, MaxRetries, LongestDelay)
{
    private const int MaxRetries = 6;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private bool _isInTransaction;
    private bool _mayHaveWritten;

    /// <summary>The one that runs in this flow of control.</summary>
    public static ClusterExecutionStrategy? Running => Current as ClusterExecutionStrategy;

    /// <summary>Something was done, or may have been, that a further attempt would do again.</summary>
    public void MayHaveWritten() => _mayHaveWritten = true;

    /// <inheritdoc/>
    protected override void OnFirstExecution()
    {
        // The base class refuses transactions here.
        ExceptionsEncountered.Clear();
        (_isInTransaction, _mayHaveWritten) = (IsInTransaction, false);
    }

    /// <inheritdoc/>
    protected override bool ShouldRetryOn(Exception exception) => MayBeTriedAgain(exception) && Pays();

    /// <inheritdoc/>
    protected override bool ShouldVerifySuccessOn(Exception exception) =>
        exception is CommitOutcomeUnknownException || IsTransient(exception);

    /// <inheritdoc/>
    protected override TimeSpan? GetNextDelay(Exception lastException)
    {
        // The first goes to wait for a primary, if that is what is missing; it does that by itself.
        var retries = ExceptionsEncountered.Count - 1;
        return retries >= MaxRetryCount ? null
            : retries == 0 ? TimeSpan.Zero
            : FirstDelay * Math.Min(Math.Pow(2, retries) * (1 + Random.NextDouble()), MaxRetryDelay / FirstDelay);
    }

    private bool MayBeTriedAgain(Exception exception) => !_isInTransaction && !_mayHaveWritten && IsTransient(exception);

    // To wait for a node was an attempt of its own. What is met while rows are read comes from the driver alone, which knows less.
    private static bool IsTransient(Exception exception) => CallFault.Of(exception) is { Fault: var fault }
        ? fault is { IsTransient: true, Kind: not FaultKind.Unavailable }
        : exception is DbException { IsTransient: true };

    private bool Pays() => Opener is not { } opener || (!opener.Retries.IsOff && opener.Retries.Budget.TryRetry(opener.Clock.Now));

    private ConnectionOpener? Opener => (Context.Database.GetDbConnection() as ClusterConnection)?.Opener;

    private bool IsInTransaction =>
        Context.Database.CurrentTransaction is not null || Context.Database.GetEnlistedTransaction() is not null || Transaction.Current is not null;

    private DbContext Context => Dependencies.CurrentContext.Context;
}
