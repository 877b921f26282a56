namespace ClusterClient.Topology;

/// <summary>A look that found a node following another.</summary>
/// <param name="Epoch">The epoch that it showed.</param>
/// <param name="IsLowerBound">Whether it may have been in a newer one.</param>
/// <param name="Position">How far it was.</param>
internal readonly record struct ReplicaSight(long Epoch, bool IsLowerBound, LogPosition Position)
{
    /// <summary>The epoch that it certainly was in, if it was promoted into <paramref name="promotedTo"/> afterwards; null if that is open.</summary>
    public long? EpochBefore(long promotedTo) => !IsLowerBound || Epoch == promotedTo - 1 ? Epoch : null;
}
