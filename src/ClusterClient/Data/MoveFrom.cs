namespace ClusterClient.Data;

/// <summary>Why a call that has, or had, a connection needs another one.</summary>
/// <param name="Node">Where it failed; any other that can serve is better. Null when nowhere yet.</param>
/// <param name="Cause">What it failed by; null where it runs yet.</param>
/// <param name="Limit">What is left of its time.</param>
/// <param name="Only">The one node to go to, at once or not at all; null for whichever suits.</param>
internal sealed record MoveFrom(ClusterNode? Node, Exception? Cause, TimeSpan Limit, ClusterNode? Only = null);
