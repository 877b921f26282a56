namespace ClusterClient.Health.Patterns;

/// <summary>What is kept of a node over restarts.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Ratio">How much busier than usual it was.</param>
/// <param name="Profile">Its week.</param>
internal sealed record NodeMemory(string Node, double Ratio, HourOfWeekProfile Profile);
