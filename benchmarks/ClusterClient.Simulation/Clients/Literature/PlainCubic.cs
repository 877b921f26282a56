namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// C3's score with what a client knows alone: the round trip, and the smoothed latency beyond it times the cube of the requests
/// in flight. A server not yet heard of scores its round trip until it has one.
/// </summary>
internal sealed class PlainCubic(ClientSetup setup, int choices) : ScoredPolicy(setup, choices)
{
    private const double Least = 50;
    private readonly double _k = setup.Parameters.Number("cubic-k", 1);
    private readonly double _weight = setup.Parameters.Share("cubic-weight", 0.5);
    private readonly double _penalty = setup.Parameters.Number("cubic-penalty", 1000) * 1000;
    private readonly long[] _roundTrips = setup.RoundTrips;
    private readonly double[] _service = new double[setup.Servers];

    public override void OnDone(int server, long sentAt, long now, bool failed, in ServerFeedback feedback)
    {
        base.OnDone(server, sentAt, now, failed, in feedback);
        var sample = Math.Max(Least, now - sentAt + (failed ? _penalty : 0) - _roundTrips[server]);
        _service[server] += (_service[server] == 0 ? 1 : _weight) * (sample - _service[server]);
    }

    protected override double Score(int server, long now)
    {
        var company = 1 + _k * Outstanding[server];
        return _roundTrips[server] + company * company * company * _service[server];
    }
}
