namespace ClusterClient.History.CommandLine;

/// <summary>The arguments make no sense; the message tells which, and what would.</summary>
internal sealed class UsageException(string message) : Exception(message);
