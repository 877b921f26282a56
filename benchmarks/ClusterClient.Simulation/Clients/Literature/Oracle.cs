namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// Sees the servers as they are and takes the one that would serve this request soonest. Greedy, so not quite the optimum: a
/// yardstick for the price of anarchy rather than a bound.
/// </summary>
internal sealed class Oracle(ClientSetup setup) : ScoredPolicy(setup, All)
{
    private readonly long[] _roundTrips = setup.RoundTrips;
    private readonly IServerView _view = setup.View
        ?? throw new UnfitPolicyException("--policy oracle sees the servers as they are, and this protocol shows them to no one.");

    protected override double Score(int server, long now) => _roundTrips[server] + _view.TimeToServe(server);
}
