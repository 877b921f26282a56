using ClusterClient.Simulation.Clients;

namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>Sends one client's probes.</summary>
internal sealed class PrequalProber(PrequalRun run, int client) : IProber
{
    public void Probe(int server) => run.SendProbe(client, server);
}
