namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>What comes by the clock rather than by a query.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Whom">The client whose policy's timer it is, the server that freezes or thaws, else 0.</param>
internal readonly record struct PrequalTick(PrequalTickKind Kind, int Whom = 0);
