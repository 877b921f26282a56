namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>The kinds of <see cref="PrequalTick"/>.</summary>
internal enum PrequalTickKind
{
    AntagonistsStep,
    CountingStarts,
    PolicyTimer,
    Freeze,
    Thaw,
}
