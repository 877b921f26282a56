using System.Collections.Immutable;

namespace ClusterClient.Topology;

/// <summary>What must outlive the single looks: which history this is and how far it was. Immutable.</summary>
internal sealed record TopologyMemory
{
    public static readonly TopologyMemory Empty = new();

    /// <summary>The group's system identifier, once enough nodes agreed. It never changes afterwards.</summary>
    public string? SystemId { get; init; }

    /// <summary>The highest epoch ever shown by a node of this group. It never goes back.</summary>
    public long Epoch { get; init; }

    /// <summary>
    /// For each epoch whose primary could tell: where it left the epoch before it. A replica that stands beyond the first fork after
    /// its own epoch has history that nobody else has.
    /// </summary>
    public ImmutableSortedDictionary<long, LogPosition> Forks { get; init; } = ImmutableSortedDictionary<long, LogPosition>.Empty;

    /// <summary>The same for the epochs of which it is certain.</summary>
    public ImmutableSortedDictionary<long, LogPosition> CertainForks { get; init; } = ImmutableSortedDictionary<long, LogPosition>.Empty;

    /// <summary>The epoch that <see cref="Track"/> was taken from.</summary>
    public long TrackedEpoch { get; init; }

    /// <summary>The primary's positions over the last while.</summary>
    public PositionTrack Track { get; init; } = PositionTrack.Empty;
}
