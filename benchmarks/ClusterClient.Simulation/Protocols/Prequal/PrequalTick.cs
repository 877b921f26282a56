namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>What comes by the clock rather than by a query.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Client">The client whose policy's timer it is, else 0.</param>
internal readonly record struct PrequalTick(PrequalTickKind Kind, int Client = 0);
