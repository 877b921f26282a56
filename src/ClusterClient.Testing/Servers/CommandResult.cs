namespace ClusterClient.Testing.Servers;

/// <summary>How a program ended, and all it printed: standard output, then standard error.</summary>
internal readonly record struct CommandResult(int ExitCode, string Output);
