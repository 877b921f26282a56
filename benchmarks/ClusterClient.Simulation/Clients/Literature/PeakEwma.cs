namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// Finagle's Peak-EWMA: a cost that a higher latency replaces at once and a lower one pulls down slowly, and that decays toward 0
/// whenever it is looked at; times the requests in flight. A server without a cost gets one request to find out.
/// </summary>
internal sealed class PeakEwma(ClientSetup setup, int choices) : ScoredPolicy(setup, choices)
{
    private const double Penalty = long.MaxValue >> 16;
    private readonly double _tau = setup.Parameters.Positive("peak-tau", 10) * 1e6;
    private readonly double[] _costs = new double[setup.Servers];
    private readonly long[] _stamps = new long[setup.Servers];
    private long _lastElapsed;
    private double _lastKeep = 1;

    public override void OnDone(int server, long sentAt, long now, bool failed, in ServerFeedback feedback)
    {
        base.OnDone(server, sentAt, now, failed, in feedback);
        Observe(server, now - sentAt, now);
    }

    protected override double Score(int server, long now)
    {
        Observe(server, 0, now);
        var cost = _costs[server];
        return cost == 0 && Outstanding[server] > 0 ? Penalty + Outstanding[server] : cost * (Outstanding[server] + 1);
    }

    private void Observe(int server, double latency, long now)
    {
        var elapsed = now - _stamps[server];
        _stamps[server] = now;
        if (latency > _costs[server])
        {
            _costs[server] = latency;
            return;
        }

        // In a scan most servers were last looked at in the scan before.
        if (elapsed != _lastElapsed)
        {
            (_lastElapsed, _lastKeep) = (elapsed, Math.Exp(-elapsed / _tau));
        }

        _costs[server] = latency * (1 - _lastKeep) + _costs[server] * _lastKeep;
    }
}
