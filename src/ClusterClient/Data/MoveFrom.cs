namespace ClusterClient.Data;

/// <summary>Why a call that had a connection needs another one.</summary>
/// <param name="Node">Where it failed; any other that can serve is better.</param>
/// <param name="Cause">What it failed by.</param>
/// <param name="Limit">What is left of its time.</param>
internal sealed record MoveFrom(ClusterNode Node, Exception Cause, TimeSpan Limit);
