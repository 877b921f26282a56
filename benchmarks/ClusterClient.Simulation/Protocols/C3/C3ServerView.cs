using ClusterClient.Simulation.Clients;

namespace ClusterClient.Simulation.Protocols.C3;

/// <summary>Shows the servers to the oracle as C3's authors let it reckon: everything at the server, and one more, times its present mean.</summary>
internal sealed class C3ServerView(C3Server[] servers) : IServerView
{
    public double TimeToServe(int server) => (1 + servers[server].Serving + servers[server].Waiting) * servers[server].MeanService;
}
