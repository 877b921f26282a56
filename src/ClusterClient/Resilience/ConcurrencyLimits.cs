namespace ClusterClient.Resilience;

/// <summary>
/// How many calls of this process a node is given at a time, and how many may wait for their turn. The limit of each node follows what its
/// answers tell: it falls when they take longer than they do on a quiet server, and rises again when they do not.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. What waits is the opening of a connection, before anything is held: a command on a connection that is open
/// counts, but never waits. Where more than the limit want in, callers take turns (<c>ForCaller</c>),
/// interactive calls before batch ones.
/// </remarks>
public sealed record ConcurrencyLimits
{
    /// <summary>More than the counter of a node's calls in flight holds.</summary>
    private const int Most = 10_000;

    /// <summary>No limit, and so no queue: a node is given whatever comes, up to its pool.</summary>
    public static ConcurrencyLimits None { get; } = new() { Floor = int.MaxValue, Initial = int.MaxValue, Ceiling = int.MaxValue };

    /// <summary>The limit never falls below this: how many calls a server can surely work at.</summary>
    /// <value>1 to 10,000. Default 10.</value>
    public int Floor { get; init; } = 10;

    /// <summary>The limit of a node of which nothing is known yet, or that has just come back.</summary>
    /// <value>From <see cref="Floor"/> to <see cref="Ceiling"/>. Default 100.</value>
    public int Initial { get; init; } = 100;

    /// <summary>The limit never rises above this.</summary>
    /// <value><see cref="Floor"/> to 10,000. Default 200.</value>
    public int Ceiling { get; init; } = 200;

    /// <summary>How many calls may wait for one node. Further ones are refused at once, those of the caller with the most waiting first.</summary>
    /// <value>0 to 100,000; with 0 nothing waits. Default 1,000.</value>
    public int MaxQueued { get; init; } = 1_000;

    /// <summary>How long a call may wait for its turn. One that would have to wait longer is refused at once.</summary>
    /// <value>1 ms to 1 hour. Default 1 s.</value>
    public TimeSpan MaxQueueTime { get; init; } = TimeSpan.FromSeconds(1);

    internal bool IsNone => Ceiling == int.MaxValue;

    /// <summary>Everything that is wrong, as sentences that name the setting and the remedy.</summary>
    internal IEnumerable<string> Validate()
    {
        if (Floor < 1 || (Floor > Most && !IsNone))
        {
            yield return $"Limits.Floor is {Floor}; set it between 1 and {Most}.";
        }

        if (!IsNone && Ceiling > Most)
        {
            yield return $"Limits.Ceiling is {Ceiling}; set it to at most {Most}, or use ConcurrencyLimits.None.";
        }

        if (Ceiling < Floor)
        {
            yield return $"Limits.Ceiling is {Ceiling}, below Limits.Floor, which is {Floor}; raise the one or lower the other.";
        }
        else if (Initial < Floor || Initial > Ceiling)
        {
            yield return $"Limits.Initial is {Initial}; set it between Limits.Floor, which is {Floor}, and Limits.Ceiling, which is {Ceiling}.";
        }

        if (MaxQueued is < 0 or > 100_000)
        {
            yield return $"Limits.MaxQueued is {MaxQueued}; set it between 0 and 100000.";
        }

        if (MaxQueueTime < TimeSpan.FromMilliseconds(1) || MaxQueueTime > TimeSpan.FromHours(1))
        {
            yield return $"Limits.MaxQueueTime is {MaxQueueTime}; set it between 1 ms and one hour.";
        }
    }
}
