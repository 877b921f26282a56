namespace ClusterClient.Topology;

/// <summary>A commit that was acknowledged to this process and that a failover lost, or may have lost. Immutable.</summary>
public sealed record LostCommit
{
    /// <summary>When this process heard that it was committed.</summary>
    public required DateTimeOffset AcknowledgedAt { get; init; }

    /// <summary>The node that committed it.</summary>
    public required string Node { get; init; }

    /// <summary>A position at or before its own: the newest that was known of the node, or of the transaction, when the commit was sent.</summary>
    public required LogPosition Position { get; init; }

    /// <summary>The server's name for the transaction, where it was asked for.</summary>
    public string? TransactionId { get; init; }

    /// <summary>The transaction's row in the table of markers, where it has one.</summary>
    public Guid? Marker { get; init; }

    /// <summary>The application's name for the unit of work, where it gave one.</summary>
    public string? Label { get; init; }

    /// <summary>The most telling name that it has: label, id or marker; otherwise its time.</summary>
    public override string ToString() => Label ?? TransactionId ?? Marker?.ToString() ?? LossSentence.Time(AcknowledgedAt);
}
