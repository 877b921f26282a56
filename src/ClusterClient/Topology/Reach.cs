namespace ClusterClient.Topology;

/// <summary>How much of an earlier history the present one has. What ends in between is open.</summary>
/// <param name="Proven">Whatever ends at or before this is in it for certain; null when nothing is proved.</param>
/// <param name="Limit">Whatever begins at or after this is not in it for certain; null when that is not known.</param>
internal readonly record struct Reach(LogPosition? Proven, LogPosition? Limit)
{
    /// <summary>The present one has all of itself.</summary>
    public static readonly Reach Whole = new(new LogPosition(ulong.MaxValue), null);
}
