using ClusterClient.Consistency;
using ClusterClient.Resilience;

namespace ClusterClient.Data;

/// <summary>How opening behaves. Immutable; replaced as a whole when settings change.</summary>
internal sealed record OpenLimits
{
    /// <summary>From the first look for a node to the refusal.</summary>
    public required TimeSpan FailoverTimeout { get; init; }

    /// <summary>The same, with what every call may take.</summary>
    public TimeSpan OpenTimeout => CallTimeout < FailoverTimeout ? CallTimeout.Value : FailoverTimeout;

    /// <summary>How many calls may wait for a node at the same time.</summary>
    public required int MaxWaitingCalls { get; init; }

    /// <summary>How many calls a node is given at a time, and for how long one waits for its turn.</summary>
    public required ConcurrencyLimits Concurrency { get; init; }

    /// <summary>
    /// Within how many whole seconds a hang is noticed for certain. A command's timeout below this runs out first; see
    /// <see cref="ShortTimeout"/>. 0 when there is no such command.
    /// </summary>
    public int DetectionSeconds { get; init; }

    /// <summary>The driver's own timeout where this library keeps the caller's: late enough to come second.</summary>
    public int SecondsBeyond(TimeSpan limit) => Math.Max(DetectionSeconds, (int)Math.Ceiling(limit.TotalSeconds)) + 2;

    /// <summary>What every call may take, or null.</summary>
    public TimeSpan? CallTimeout { get; init; }

    /// <summary>The same of a command with a timeout of its own, in seconds; null where neither bounds it.</summary>
    public TimeSpan? LimitOf(int timeout)
    {
        var own = timeout > 0 ? TimeSpan.FromSeconds(timeout) : (TimeSpan?)null;
        return own < CallTimeout || CallTimeout is null ? own : CallTimeout;
    }

    /// <summary>The statement that a transaction begins with, to have the server itself end statements that take too long; or null.</summary>
    public string? BeginWith { get; init; }

    /// <summary>Whether statements carry their trace's context.</summary>
    public bool CommentsTraces { get; init; }

    /// <summary>Whether sessions are named by it when they are opened.</summary>
    public bool NamesSessions { get; init; }

    /// <summary>How the outcome of commits is found out; off where the driver gives no way to.</summary>
    public CommitResolution Resolution { get; init; }

    /// <summary>Pause after the second failed attempt in a row; doubles up to <see cref="LongestPause"/>. The first retry is immediate.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);

    public static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);
}
