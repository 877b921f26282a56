namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>MaxScale's adaptive routing: smoothed latency times the requests in flight and this one.</summary>
internal sealed class EwmaTimesOutstanding(ClientSetup setup) : ScoredPolicy(setup, All)
{
    private const double Weight = 0.3;
    private readonly double[] _latencies = new double[setup.Servers];

    public override void OnDone(int server, long sentAt, long now, bool failed, in ServerFeedback feedback)
    {
        base.OnDone(server, sentAt, now, failed, in feedback);
        _latencies[server] += (_latencies[server] == 0 ? 1 : Weight) * (now - sentAt - _latencies[server]);
    }

    protected override double Score(int server, long now) => _latencies[server] * (Outstanding[server] + 1);
}
