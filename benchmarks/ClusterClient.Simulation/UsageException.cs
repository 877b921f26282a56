namespace ClusterClient.Simulation;

/// <summary>The command line asks for what cannot be; the message says what to change.</summary>
internal class UsageException(string message) : Exception(message);
