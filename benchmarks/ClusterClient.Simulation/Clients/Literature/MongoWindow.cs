namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// MongoDB's server selection: of the servers whose monitored round trip is within a window of the shortest, two drawn at random,
/// and the one with fewer operations in flight.
/// </summary>
internal sealed class MongoWindow(ClientSetup setup) : ScoredPolicy(Within(setup), 2)
{
    protected override double Score(int server, long now) => Outstanding[server];

    private static ClientSetup Within(ClientSetup setup)
    {
        var window = setup.Parameters.Number("mongo-window", 15) * 1000;
        return setup with
        {
            Groups = [.. setup.Groups.Select(g => g.Where(s => setup.RoundTrips[s] <= g.Min(x => setup.RoundTrips[x]) + window).ToArray())],
        };
    }
}
