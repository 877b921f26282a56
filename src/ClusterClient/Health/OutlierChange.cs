namespace ClusterClient.Health;

/// <summary>A node was ejected, or may serve again.</summary>
/// <param name="Node">Its index.</param>
/// <param name="Ejection">The ejection that began or ended.</param>
/// <param name="IsOver">Whether it ended.</param>
internal readonly record struct OutlierChange(int Node, Ejection Ejection, bool IsOver);
