namespace ClusterClient.Health;

/// <summary>
/// How restless the nodes of one region are, learnt from how their service times follow each other: what a new answer is worth, and
/// for how long an old one.
/// </summary>
/// <remarks>
/// <para>
/// Differences of successive samples of one node are correlated by exactly -1/2 if the samples are noise about something that stays,
/// whatever their distribution, and by more if that something moves: <c>ρ = E[d d'] / E[d²]</c>. Few samples come from each node, so
/// it is one figure for a region. <c>weight = clamp(0.5 + 10 (ρ + 0.47), 0.5, 1)</c>: the usual half while it is noise, all of it once
/// nodes change between two requests of this process. <c>fading = 1/30 s + clamp(15 (ρ + 0.40), 0, 1) / (2 · mean gap)</c>: then an
/// old answer fades within two of the usual gaps between a node's answers, since it has likely changed by then.
/// </para>
/// <para>
/// It starts at -1/2, so nothing moves until it is seen to; its memory is some 330 answers. A fixed weight is either too slow for
/// servers that switch between two speeds, where C3 has its servers' help (1.4 of its 99th percentile, against 1.1 with this), or pays
/// for it where differences last. Reasoned and found in the simulator, not published; see <c>benchmarks/results/simulation.md</c>.
/// </para>
/// <para>
/// Written without interlocking: an answer that is lost in a race was one of many.
/// </para>
/// </remarks>
internal struct ChangeTracker
{
    private const float Memory = 0.003f;
    private const float GapMemory = 0.01f;
    private const float AssumedVariance = 0.15f;

    private float _variance = AssumedVariance;
    private float _covariance = -AssumedVariance / 2;
    private float _gap;
    private float _weight = ServiceEstimate.UsualWeight;
    private float _fading = ServiceEstimate.UsualFading;

    public ChangeTracker()
    {
    }

    /// <summary>What the newest answer weighs, 0.5 to 1.</summary>
    public readonly float Weight => Volatile.Read(in _weight);

    /// <summary>By what an estimate fades while nothing is heard of its node, per µs.</summary>
    public readonly float Fading => Volatile.Read(in _fading);

    /// <summary>A node's answer is compared with the one before it.</summary>
    /// <param name="difference">See <see cref="Difference"/>.</param>
    /// <param name="before">The difference before it, of the same node; 0 when there was none.</param>
    /// <param name="gap">The time between the two answers, in µs.</param>
    public void Observe(float difference, float before, long gap)
    {
        _gap += (_gap == 0 ? 1 : GapMemory) * (gap - _gap);
        if (before != 0)
        {
            _covariance += Memory * ((difference * before) - _covariance);
            _variance += Memory * ((difference * difference) - _variance);
        }

        var correlation = _covariance / _variance;
        _weight = Math.Clamp(ServiceEstimate.UsualWeight + (10 * (correlation + 0.47f)), ServiceEstimate.UsualWeight, 1);
        _fading = ServiceEstimate.UsualFading + (Math.Clamp(15 * (correlation + 0.40f), 0, 1) / (2 * Math.Max(1, _gap)));
    }

    /// <summary>
    /// One answer's service time less the last's, over two of the peers' mean, within ±1: so that neither the scale nor a single freeze
    /// decides, and small ones, mostly noise, count for little.
    /// </summary>
    public static float Difference(float sample, float last, float peers) =>
        peers > 0 ? Math.Clamp((sample - last) / (2 * peers), -1, 1) : 0;
}
