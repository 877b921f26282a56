namespace ClusterClient.Simulation;

/// <summary>A policy needs what a protocol's servers do not give; the message says what. Another protocol may run it.</summary>
internal sealed class UnfitPolicyException(string message) : UsageException(message);
