namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// <see cref="AgedCubic"/> whose memory is as long as the servers allow: where their latencies show that they change between two
/// requests of this client, the newest sample counts for all and an old one for little; see <see cref="TierChange"/>.
/// </summary>
internal sealed class TrackingCubic : ScoredPolicy
{
    private const double Least = 50;
    private const double TierWeight = 0.03;
    private readonly double _k;
    private readonly double _ageShare;
    private readonly double _penalty;
    private readonly long[] _roundTrips;
    private readonly int[] _tierOf;
    private readonly double[] _tiers = new double[3];
    private readonly TierChange[] _changes;
    private readonly double[] _service;
    private readonly double[] _last;
    private readonly double[] _differences;
    private readonly long[] _heard;
    private readonly double[] _startSums;

    public TrackingCubic(ClientSetup setup)
        : base(setup, setup.Parameters.Count("cubic-choices", All))
    {
        _k = setup.Parameters.Number("cubic-k", 5);
        _ageShare = setup.Parameters.Number("cubic-age", 0.5);
        _penalty = setup.Parameters.Number("cubic-penalty", 1000) * 1000;
        _roundTrips = setup.RoundTrips;
        _tierOf = [.. Enumerable.Range(0, setup.Servers).Select(s => AgedCubic.TierOf(setup, s))];
        _changes = [.. _tiers.Select(_ => new TierChange(setup.Parameters.Share("cubic-weight", 0.5), setup.Parameters.Positive("cubic-forget", 10) * 1e6))];
        _service = new double[setup.Servers];
        _last = new double[setup.Servers];
        _differences = new double[setup.Servers];
        _heard = new long[setup.Servers];
        _startSums = new double[setup.Servers];
    }

    public override void OnSent(int server, long now)
    {
        base.OnSent(server, now);
        _startSums[server] += now;
    }

    public override void OnDone(int server, long sentAt, long now, bool failed, in ServerFeedback feedback)
    {
        base.OnDone(server, sentAt, now, failed, in feedback);
        _startSums[server] -= sentAt;

        var sample = Math.Max(Least, now - sentAt + (failed ? _penalty : 0) - _roundTrips[server]);
        ref var tier = ref _tiers[_tierOf[server]];
        if (_service[server] == 0)
        {
            _service[server] = sample;
        }
        else
        {
            var change = _changes[_tierOf[server]];
            var difference = Math.Clamp((sample - _last[server]) / (2 * tier), -1, 1);
            change.Observe(difference, _differences[server], now - _heard[server]);
            _differences[server] = difference;
            _service[server] += change.Weight * (sample - _service[server]);
        }

        tier += (tier == 0 ? 1 : TierWeight) * (sample - tier);
        _last[server] = sample;
        _heard[server] = now;
    }

    protected override double Score(int server, long now)
    {
        var inFlight = Outstanding[server];
        var age = Math.Max(0, (double)inFlight * now - _startSums[server] - inFlight * _roundTrips[server]);
        var company = 1 + _k * inFlight;
        return _roundTrips[server] + company * company * company * (Estimate(server, now) + _ageShare * age);
    }

    private double Estimate(int server, long now)
    {
        var tier = _tiers[_tierOf[server]];
        if (_service[server] == 0)
        {
            return Outstanding[server] == 0 ? 0 : tier;
        }

        var hope = tier / 2;
        return hope + (_service[server] - hope) * Math.Exp((_heard[server] - now) * _changes[_tierOf[server]].Fading);
    }
}
