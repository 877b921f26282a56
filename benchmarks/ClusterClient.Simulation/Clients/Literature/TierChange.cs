namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// How restless a tier's servers are, learned from how their latencies follow each other. Differences of successive samples of
/// one server are correlated by exactly -½ if the samples are noise about something that stays, whatever their distribution, and
/// by more if that something moves: <c>ρ = E[d d'] / E[d²]</c>. Few samples come from each server, so it is one figure a tier.
/// It begins at -½: nothing moves until it is seen to.
/// </summary>
internal sealed class TierChange
{
    private const double Memory = 0.003;
    private const double GapMemory = 0.01;
    private const double AssumedVariance = 0.15;
    private readonly double _usualWeight;
    private readonly double _usualFading;
    private double _variance = AssumedVariance;
    private double _covariance = -AssumedVariance / 2;
    private double _gap;

    public TierChange(double usualWeight, double usualForget)
    {
        _usualWeight = Weight = usualWeight;
        _usualFading = Fading = 1 / usualForget;
    }

    /// <summary>What the newest latency weighs: the usual share up to ρ = -0.47, all from -0.42 on.</summary>
    public double Weight { get; private set; }

    /// <summary>
    /// By what an unheard server's estimate fades, per µs: as usual up to ρ = -0.40, and from -⅓ on within two of the usual gaps
    /// between a server's samples, since it has likely changed by then.
    /// </summary>
    public double Fading { get; private set; }

    /// <param name="difference">
    /// The sample less the one before, of the same server, over two of the tier's means, within ±1: so that neither a scale nor a
    /// freeze decides it, and small samples, mostly noise, count for little.
    /// </param>
    /// <param name="before">The difference before it, of the same server; 0 for none.</param>
    /// <param name="gap">The time since the sample before, in µs.</param>
    public void Observe(double difference, double before, double gap)
    {
        _gap += (_gap == 0 ? 1 : GapMemory) * (gap - _gap);
        if (before != 0)
        {
            _covariance += Memory * (difference * before - _covariance);
            _variance += Memory * (difference * difference - _variance);
        }

        var correlation = _covariance / _variance;
        Weight = Math.Clamp(_usualWeight + 10 * (correlation + 0.47), _usualWeight, 1);
        Fading = _usualFading + Math.Clamp(15 * (correlation + 0.40), 0, 1) / (2 * Math.Max(1, _gap));
    }
}
