namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// The aged cubic score, written from its formula alone and independently of the library, to check the library's by:
/// <c>rtt + (1 + k n)³ (est + age/2)</c>. It is <see cref="PlainCubic"/> with two additions. What is still out counts as time
/// without an answer, so that a frozen server is felt while its requests are out and not when they return. And an estimate is
/// forgotten slowly toward half of the tier's mean, so that every server is tried again.
/// </summary>
internal sealed class AgedCubic : ScoredPolicy
{
    private const double Least = 50;
    private const double TierWeight = 0.03;
    private const double RebaseAfter = 50;
    private readonly double _k;
    private readonly double _weight;
    private readonly double _ageShare;
    private readonly double _forget;
    private readonly double _penalty;
    private readonly long[] _roundTrips;
    private readonly int[] _tierOf;
    private readonly double[] _tiers;
    private readonly double[] _service;
    private readonly double[] _heard;
    private readonly double[] _startSums;
    private double _base;
    private double _fadeNow;

    public AgedCubic(ClientSetup setup)
        : base(setup, setup.Parameters.Count("cubic-choices", All))
    {
        _k = setup.Parameters.Number("cubic-k", 5);
        _weight = setup.Parameters.Share("cubic-weight", 0.5);
        _ageShare = setup.Parameters.Number("cubic-age", 0.5);
        _forget = setup.Parameters.Positive("cubic-forget", 10) * 1e6;
        _penalty = setup.Parameters.Number("cubic-penalty", 1000) * 1000;
        _roundTrips = setup.RoundTrips;
        _tierOf = [.. Enumerable.Range(0, setup.Servers).Select(s => TierOf(setup, s))];
        _tiers = new double[3];
        _service = new double[setup.Servers];
        _heard = new double[setup.Servers];
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
        _service[server] += (_service[server] == 0 ? 1 : _weight) * (sample - _service[server]);
        ref var tier = ref _tiers[_tierOf[server]];
        tier += (tier == 0 ? 1 : TierWeight) * (sample - tier);
        _heard[server] = Math.Exp((now - _base) / _forget);
    }

    /// <summary>exp(-(now - heard)/forget) as a product, so that a choice takes one exponential and not one a server.</summary>
    protected override void Prepare(long now)
    {
        if ((now - _base) / _forget > RebaseAfter)
        {
            var shift = Math.Exp((_base - now) / _forget);
            for (var i = 0; i < _heard.Length; i++)
            {
                _heard[i] *= shift;
            }

            _base = now;
        }

        _fadeNow = Math.Exp((_base - now) / _forget);
    }

    protected override double Score(int server, long now)
    {
        var inFlight = Outstanding[server];
        var hope = _tiers[_tierOf[server]] / 2;
        var estimate = _service[server] == 0 ? Unknown(server) : hope + (_service[server] - hope) * _fadeNow * _heard[server];
        var age = Math.Max(0, (double)inFlight * now - _startSums[server] - inFlight * _roundTrips[server]);
        var company = 1 + _k * inFlight;
        return _roundTrips[server] + company * company * company * (estimate + _ageShare * age);
    }

    /// <summary>Nothing known: the first request is free, further ones wait for its answer as behind the tier's mean.</summary>
    private double Unknown(int server) => Outstanding[server] == 0 ? 0 : _tiers[_tierOf[server]];

    internal static int TierOf(ClientSetup setup, int server)
    {
        if (setup.Regions[server] != setup.Region)
        {
            return 2;
        }

        return setup.Zone is null || setup.Zones[server] == setup.Zone ? 0 : 1;
    }
}
