namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>The server with the fewest of this client's own requests in flight; of two drawn at random it is the power of two choices.</summary>
internal sealed class LeastOutstanding(ClientSetup setup, int choices) : ScoredPolicy(setup, choices)
{
    protected override double Score(int server, long now) => Outstanding[server];
}
