using System.Data;

namespace ClusterClient.Data;

/// <summary>How a transaction is run that the library begins, commits and tries again by itself. Immutable and thread-safe.</summary>
public sealed record TransactionSettings
{
    private readonly TimeSpan? _timeout;

    /// <summary>What is used where nothing is said.</summary>
    public static readonly TransactionSettings Default = new();

    /// <summary>The isolation level. The stricter it is, the more often a transaction meets another one and is run again.</summary>
    /// <value>Default <see cref="IsolationLevel.Unspecified"/>: the server's own default.</value>
    public IsolationLevel IsolationLevel { get; init; } = IsolationLevel.Unspecified;

    /// <summary>
    /// How long it may take in all, waiting for a primary, every attempt and the search for a lost commit's outcome included. It cancels the
    /// token that the delegate was given; without one, each command gets what is left when it begins. A delegate that returns later is rolled
    /// back, a commit that is under way is waited for. When time is up, this ends in the driver's exception for a timeout, in
    /// <see cref="Routing.ClusterUnavailableException"/> where it waited for a node, or in the last attempt's fault where it waited to run again.
    /// </summary>
    /// <value>
    /// Greater than zero, at most one day. Default null: an attempt may take as long as it likes, and what comes after one that has failed may take
    /// <see cref="ClusterOptions.FailoverTimeout"/> until the next one is under way.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">It is set to something else.</exception>
    public TimeSpan? Timeout
    {
        get => _timeout;
        init => _timeout = value is null || (value > TimeSpan.Zero && value <= TimeSpan.FromDays(1)) ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A transaction's Timeout is more than zero and at most one day, or null for none.");
    }

    /// <summary>
    /// What the application calls this transaction, such as an order's number: it is named where its outcome is unknown, or where it was lost in a
    /// failover.
    /// </summary>
    /// <value>Default null.</value>
    public string? Label { get; init; }
}
