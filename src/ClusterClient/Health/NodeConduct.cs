namespace ClusterClient.Health;

/// <summary>What speaks for or against one replica in a sweep.</summary>
/// <param name="Node">Its index.</param>
/// <param name="Region">Where it stands; those of one region are asked the same things, and alone compare in latency.</param>
/// <param name="FaultsInARow">Its present streak.</param>
/// <param name="Calls">How its calls in the window ended.</param>
internal readonly record struct NodeConduct(int Node, string Region, int FaultsInARow, CallTally Calls);
