namespace ClusterClient.Health;

/// <summary>How a call's waiting for its turn at a node ended.</summary>
internal enum QueueOutcome
{
    /// <summary>It has its turn, and counts as in flight already.</summary>
    Admitted,

    /// <summary>It had to go for another: the queue was full, and its caller had the most waiting.</summary>
    Evicted,

    /// <summary>The node is not what it was, or the data source ends: look again.</summary>
    Released,
}
