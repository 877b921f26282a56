using Polly;

namespace ClusterClient.Resilience;

/// <summary>
/// When and how often a call is sent again that met a fault of its node's. It is tried only where that cannot do a thing twice: reads,
/// commands that were declared idempotent, and writes of which the server says that they were not applied; only outside of transactions,
/// and only the first command of an open connection, whose session has no state yet that would be lost. A transaction is run again as a whole by
/// <see cref="ClusterDataSource.ExecuteInTransactionAsync(Func{Data.ClusterConnection, CancellationToken, Task}, Data.TransactionSettings?, CancellationToken)"/>,
/// to which everything here applies as to a call.
/// </summary>
/// <remarks>Immutable and thread-safe; one may serve several data sources, which keep a budget each.</remarks>
public sealed record RetryPolicy
{
    /// <summary>Three retries with jittered backoff from 10 ms, within the budget.</summary>
    public static readonly RetryPolicy Default = new();

    /// <summary>No call is sent again. Opening a connection still waits for a primary and goes on to other nodes.</summary>
    public static readonly RetryPolicy None = new() { MaxRetries = 0, BudgetRatio = 0, BudgetPerSecond = 0 };

    /// <summary>How often one call is sent again at most.</summary>
    /// <value>0 to 100. Default 3.</value>
    public int MaxRetries { get; init; } = 3;

    /// <summary>
    /// The pause that backoff begins with: it doubles from retry to retry, with jitter. A first retry on another node does not wait.
    /// </summary>
    /// <value>Zero to one minute. Default 10 ms.</value>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest pause.</summary>
    /// <value>At least <see cref="FirstDelay"/>, at most ten minutes. Default 1 s.</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many retries and hedges, over the last ten seconds, may come on one first attempt.</summary>
    /// <value>0 to 10. Default 0.2.</value>
    public double BudgetRatio { get; init; } = 0.2;

    /// <summary>How many more may be made for each second, so that a data source with little to do can retry at all.</summary>
    /// <value>0 to 10,000. Default 3.</value>
    public double BudgetPerSecond { get; init; } = 3;

    /// <summary>
    /// A pipeline of the application's own in place of the library's backoff, or null. It runs once a call has failed: its first execution
    /// ends in that very fault, each further one sends the call again, where that is allowed at all and within the budget.
    /// </summary>
    /// <value>Default null. With a pipeline, <see cref="MaxRetries"/> and the delays are the pipeline's business.</value>
    public ResiliencePipeline? Pipeline { get; init; }

    internal bool IsNone => MaxRetries == 0 && Pipeline is null;

    /// <summary>Everything that is wrong, as sentences that name the setting and the remedy.</summary>
    internal IEnumerable<string> Validate()
    {
        if (MaxRetries is < 0 or > 100)
        {
            yield return $"Retry.MaxRetries is {MaxRetries}; set it between 0 and 100.";
        }

        if (FirstDelay < TimeSpan.Zero || FirstDelay > TimeSpan.FromMinutes(1))
        {
            yield return $"Retry.FirstDelay is {FirstDelay}; set it between zero and one minute.";
        }

        if (MaxDelay < FirstDelay || MaxDelay > TimeSpan.FromMinutes(10))
        {
            yield return $"Retry.MaxDelay is {MaxDelay}; set it between FirstDelay and ten minutes.";
        }

        if (!(BudgetRatio is >= 0 and <= 10))
        {
            yield return $"Retry.BudgetRatio is {BudgetRatio}; set it between 0 and 10.";
        }

        if (!(BudgetPerSecond is >= 0 and <= 10_000))
        {
            yield return $"Retry.BudgetPerSecond is {BudgetPerSecond}; set it between 0 and 10,000.";
        }
    }
}
