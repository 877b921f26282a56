namespace ClusterClient.Topology;

/// <summary>A look that found a node following another.</summary>
/// <param name="Epoch">The epoch that it showed.</param>
/// <param name="IsLowerBound">Whether it may have been in a newer one.</param>
/// <param name="Position">How far it was.</param>
/// <param name="Session">The monitor's connection that saw it: the server did not restart for as long as that is the same.</param>
internal readonly record struct ReplicaSight(long Epoch, bool IsLowerBound, LogPosition Position, int Session)
{
    /// <summary>The epoch that it certainly was in, if it was promoted into <paramref name="promotedTo"/> afterwards; null if that is open.</summary>
    public long? EpochBefore(long promotedTo) => !IsLowerBound || Epoch == promotedTo - 1 ? Epoch : null;
}
