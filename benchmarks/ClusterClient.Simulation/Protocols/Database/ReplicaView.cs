using ClusterClient.Simulation.Clients;

namespace ClusterClient.Simulation.Protocols.Database;

/// <summary>Shows the replicas to an oracle, for a query of mean work.</summary>
internal sealed class ReplicaView(Replica[] replicas, double work) : IServerView
{
    public double TimeToServe(int server) => replicas[server].TimeToServe(work);
}
