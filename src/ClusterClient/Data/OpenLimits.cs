using ClusterClient.Resilience;

namespace ClusterClient.Data;

/// <summary>How opening behaves, fixed when the data source is built.</summary>
internal sealed record OpenLimits
{
    /// <summary>From the first look for a node to the refusal.</summary>
    public required TimeSpan FailoverTimeout { get; init; }

    /// <summary>How many calls may wait for a node at the same time.</summary>
    public required int MaxWaitingCalls { get; init; }

    /// <summary>How many calls a node is given at a time, and for how long one waits for its turn.</summary>
    public required ConcurrencyLimits Concurrency { get; init; }

    /// <summary>Pause after the second failed attempt in a row; doubles up to <see cref="LongestPause"/>. The first retry is immediate.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);

    public static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);
}
