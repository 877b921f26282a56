namespace ClusterClient.Simulation.Protocols.Database;

/// <summary>One query. Times in µs.</summary>
internal readonly record struct DatabaseQuery(int Client, int Server, double CameAt, double Work);
