using ClusterClient.Simulation.Clients;
using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>What is under way between clients and servers: queries and probes, there and back.</summary>
internal sealed class PrequalNetwork(double oneWay)
{
    /// <summary>Numbers of queries on their way to a server.</summary>
    public DelayLine<int> Queries { get; } = new(oneWay);

    /// <summary>Numbers of queries whose answers are on their way back.</summary>
    public DelayLine<int> Answers { get; } = new(oneWay);

    public DelayLine<(int Client, int Server)> Probes { get; } = new(oneWay);

    public DelayLine<(int Client, int Server, ServerFeedback Told)> ProbeAnswers { get; } = new(oneWay);
}
