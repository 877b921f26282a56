namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// How much the newest latency is to weigh, learned from how latencies follow each other. Differences of successive samples of
/// one server are correlated by exactly -1/2 if the samples are noise about something that stays, whatever their distribution,
/// and by more if that something moves. Few samples come from each server, so it is one figure for all of a tier:
/// <c>weight = clamp(½ + 10 (ρ + 0.47), ½, 1)</c> with <c>ρ = E[d d'] / E[d²]</c> and <c>d = clamp((x - x') / 2 tier, ±1)</c>.
/// So where nothing moves it is the usual half, and where servers change between two samples only the last one counts.
/// </summary>
internal sealed class TrackingWeight(int servers, int tiers)
{
    private const double Least = 0.5;
    private const double Steepness = 10;
    private const double Stays = -0.47;
    private const double Memory = 0.003;
    private const double AssumedVariance = 0.15;
    private readonly double[] _samples = new double[servers];
    private readonly double[] _differences = new double[servers];
    private readonly double[] _variances = [.. Enumerable.Repeat(AssumedVariance, tiers)];
    private readonly double[] _covariances = [.. Enumerable.Repeat(-AssumedVariance / 2, tiers)];

    /// <param name="server">Whose latency it is.</param>
    /// <param name="tier">The server's tier.</param>
    /// <param name="tierMean">The tier's mean latency so far.</param>
    /// <param name="sample">The latency.</param>
    /// <returns>The weight of this sample.</returns>
    public double Observe(int server, int tier, double tierMean, double sample)
    {
        var before = _samples[server];
        _samples[server] = sample;
        if (before == 0)
        {
            return 1;
        }

        // In the tier's means and clipped, so that neither a scale nor a freeze decides it; differences of small samples, which
        // are many and mostly noise, count for little.
        var difference = Math.Clamp((sample - before) / (2 * tierMean), -1, 1);
        var differenceBefore = _differences[server];
        _differences[server] = difference;
        if (differenceBefore != 0)
        {
            _covariances[tier] += Memory * (difference * differenceBefore - _covariances[tier]);
            _variances[tier] += Memory * (difference * difference - _variances[tier]);
        }

        var correlation = _covariances[tier] / _variances[tier];
        return Math.Clamp(Least + Steepness * (correlation - Stays), Least, 1);
    }
}
