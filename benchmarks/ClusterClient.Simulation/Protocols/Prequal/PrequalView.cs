using ClusterClient.Simulation.Clients;

namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>Shows the servers to an oracle, for a query of mean work.</summary>
internal sealed class PrequalView(PrequalFleet fleet, double work) : IServerView
{
    public double TimeToServe(int server) => fleet[server].TimeToServe(work);
}
