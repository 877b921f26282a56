namespace ClusterClient.Resilience;

/// <summary>
/// When a node's circuit opens, so that it is left alone, and for how long. A node has one circuit in each data source, fed by the calls
/// themselves; the monitor's looks, which a failing node may go on answering, say nothing here. Immutable and thread-safe.
/// </summary>
public sealed record CircuitSettings
{
    /// <summary>What holds where nothing else is set.</summary>
    public static readonly CircuitSettings Default = new();

    /// <summary>It opens when this share of the last ten seconds' calls ended in a fault of the node's …</summary>
    /// <value>Above 0, at most 1. Default 0.5.</value>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>… and there were as many of them as this, because a share of few means little.</summary>
    /// <value>1 or more. Default 20.</value>
    public int MinimumThroughput { get; init; } = 20;

    /// <summary>
    /// It opens also after so many faults in a row, each of a call that began after the one before had ended: calls that break together
    /// count as one.
    /// </summary>
    /// <value>1 or more. Default 5.</value>
    public int ConsecutiveFaults { get; init; } = 5;

    /// <summary>
    /// How long it stays open before one call is let through as a trial. Doubles with every trial in a row that fails, and is drawn
    /// from 20 % around that, so that many processes do not come back as one.
    /// </summary>
    /// <value>10 ms to one day. Default 5 s.</value>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Where doubling ends; the draw may exceed it by its 20 %. A primary's breaks, the first
    /// one included, are no longer than half of <see cref="ClusterOptions.FailoverTimeout"/>, with the same draw: nobody else takes
    /// writes, and one that waits for as long as it may must meet a trial before it is refused.
    /// </summary>
    /// <value><see cref="BreakDuration"/> to one day. Default 60 s.</value>
    public TimeSpan MaxBreakDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Everything that is wrong, as sentences that name the setting and the remedy.</summary>
    internal IEnumerable<string> Validate()
    {
        if (!(FailureRatio is > 0 and <= 1))
        {
            yield return FormattableString.Invariant($"Circuit.FailureRatio is {FailureRatio}; set it above 0 and at most 1.");
        }

        foreach (var (name, value) in new[] { (nameof(MinimumThroughput), MinimumThroughput), (nameof(ConsecutiveFaults), ConsecutiveFaults) })
        {
            if (value < 1)
            {
                yield return $"Circuit.{name} is {value}; set it to 1 or more.";
            }
        }

        if (BreakDuration < TimeSpan.FromMilliseconds(10) || BreakDuration > TimeSpan.FromDays(1))
        {
            yield return $"Circuit.BreakDuration is {BreakDuration}; set it between 10 ms and one day.";
        }

        if (MaxBreakDuration < BreakDuration || MaxBreakDuration > TimeSpan.FromDays(1))
        {
            yield return $"Circuit.MaxBreakDuration is {MaxBreakDuration}; set it between BreakDuration and one day.";
        }
    }
}
