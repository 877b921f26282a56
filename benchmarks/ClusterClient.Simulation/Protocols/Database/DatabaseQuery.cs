using ClusterClient.Simulation.Clients;

namespace ClusterClient.Simulation.Protocols.Database;

/// <summary>One query. Times in µs.</summary>
internal readonly record struct DatabaseQuery(int Client, double CameAt, double Work)
{
    public int Server { get; init; }

    /// <summary>When it left, as the policy was told.</summary>
    public long SentAt { get; init; }

    /// <summary>When it was at the server.</summary>
    public double BeganAt { get; init; }

    /// <summary>What a database would tell if it told anything.</summary>
    public ServerFeedback Feedback { get; init; }
}
