using ClusterClient.Topology;

namespace ClusterClient.Health;

/// <summary>A node's circuit changed its state.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Cause">Why, in words.</param>
/// <param name="Length">For how long it opened.</param>
internal readonly record struct CircuitChange(TopologyEventKind Kind, string Cause, TimeSpan Length = default);
