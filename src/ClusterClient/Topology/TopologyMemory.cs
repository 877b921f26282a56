namespace ClusterClient.Topology;

/// <summary>What must outlive the single looks: which history this is and how far it was. Immutable.</summary>
internal sealed record TopologyMemory
{
    public static readonly TopologyMemory Empty = new();

    /// <summary>The group's system identifier, once enough nodes agreed. It never changes afterwards.</summary>
    public string? SystemId { get; init; }

    /// <summary>The highest epoch ever shown by a node of this group. It never goes back.</summary>
    public long Epoch { get; init; }

    /// <summary>Where <see cref="TrackedEpoch"/> left the epoch before it, when its primary could tell.</summary>
    public LogPosition? ForkedAt { get; init; }

    /// <summary>The epoch whose primary <see cref="Track"/> and <see cref="ForkedAt"/> were last taken from.</summary>
    public long TrackedEpoch { get; init; }

    /// <summary>The primary's positions over the last while.</summary>
    public PositionTrack Track { get; init; } = PositionTrack.Empty;
}
