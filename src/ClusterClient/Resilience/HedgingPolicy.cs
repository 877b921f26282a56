namespace ClusterClient.Resilience;

/// <summary>
/// When a second replica is asked for a read that the first has not answered yet: after the time within which nearly all reads are answered.
/// The first answer wins; the other attempt is cancelled when it has not ended half a second later.
/// </summary>
/// <remarks>
/// Hedged are asynchronous executions of text commands and batches on a connection for reading, as its first command since it was opened,
/// outside of transactions, that are not prepared and have no output parameters and no streams as values; their driver must be able to copy
/// them (<see cref="ICloneable"/>). Everything else runs as if hedging were off, and so do all reads until a hundred of them have been
/// timed. What runs are copies: of a batch, they have no error barriers (Npgsql's <c>EnableErrorBarriers</c> and <c>AppendErrorBarrier</c>),
/// and its commands' <c>RecordsAffected</c> is not set. A hedge is paid from the retry budget
/// (<see cref="RetryPolicy.BudgetRatio"/>); with <see cref="RetryPolicy.None"/> there is none.
/// Immutable and thread-safe; one may serve several data sources, which time their reads each for themselves.
/// </remarks>
public sealed record HedgingPolicy
{
    /// <summary>Reads are hedged where the command, the batch or the view asks for it, and nowhere else.</summary>
    public static readonly HedgingPolicy OnRequest = new() { ByDefault = false };

    /// <summary>All reads are hedged that can be, except where the command, the batch or the view declines it.</summary>
    public static readonly HedgingPolicy Default = new();

    /// <summary>Whether reads are hedged that say nothing of it themselves.</summary>
    /// <value>Default true.</value>
    public bool ByDefault { get; init; } = true;

    /// <summary>
    /// How many hedges may come on one read, over the last ten seconds. The nearer that is, the longer a hedge waits, up to four times
    /// as long, so that the slowest reads get it.
    /// </summary>
    /// <value>0, for none at all, to 1. Default 0.05.</value>
    public double MaxRatio { get; init; } = 0.05;

    /// <summary>How many of the reads are to be answered before a hedge is considered; it is asked for after the time that this takes.</summary>
    /// <value>0.5 to 0.999. Default 0.95.</value>
    public double Quantile { get; init; } = 0.95;

    /// <summary>The shortest time after which a hedge is asked for; two round trips to the first node are another bound.</summary>
    /// <value>1 ms to one minute. Default 1 ms.</value>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Everything that is wrong, as sentences that name the setting and the remedy.</summary>
    internal IEnumerable<string> Validate()
    {
        if (!(MaxRatio is >= 0 and <= 1))
        {
            yield return $"Hedging.MaxRatio is {MaxRatio}; set it between 0 and 1.";
        }

        if (!(Quantile is >= 0.5 and <= 0.999))
        {
            yield return $"Hedging.Quantile is {Quantile}; set it between 0.5 and 0.999.";
        }

        if (MinDelay < TimeSpan.FromMilliseconds(1) || MinDelay > TimeSpan.FromMinutes(1))
        {
            yield return $"Hedging.MinDelay is {MinDelay}; set it between 1 ms and one minute.";
        }
    }
}
