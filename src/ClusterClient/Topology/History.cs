namespace ClusterClient.Topology;

/// <summary>What one primary wrote: an epoch, and the node that accepted writes in it.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Node">The node's index.</param>
internal readonly record struct History(long Epoch, int Node);
