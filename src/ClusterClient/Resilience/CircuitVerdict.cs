namespace ClusterClient.Resilience;

/// <summary>What a circuit breaker is told of its node.</summary>
/// <param name="IsSick">Whether the node failed.</param>
/// <param name="Cause">Why it is thought so, in words.</param>
internal readonly record struct CircuitVerdict(bool IsSick, string Cause);
