namespace ClusterClient.Health;

/// <summary>A call that waits for its turn at a node. Completed outside of every lock, and whoever waits goes on on a thread of its own.</summary>
internal sealed class QueuedCall(CallerShare share, long since)
    : TaskCompletionSource<QueueOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public CallerShare Share => share;

    /// <summary>When it came, in µs; once admitted, it counts as begun then.</summary>
    public long Since => since;

    /// <summary>Where it waits; null when it does not any more. This and its neighbours are the queue's.</summary>
    public CallerFlow? Flow { get; set; }

    public QueuedCall? Next { get; set; }

    public QueuedCall? Previous { get; set; }
}
