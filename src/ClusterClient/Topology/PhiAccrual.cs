namespace ClusterClient.Topology;

/// <summary>
/// How long a look at one node may take before the node is suspected: learnt from how long its looks took so far.
/// </summary>
/// <remarks>
/// <para>
/// Why this one: a fixed limit is either late for the node next door or wrong for the one across an ocean. Accrual says how unlikely
/// it is that an answer comes yet, so that one threshold suits every node's own rhythm.
/// </para>
/// <para>
/// Formula: phi(t) = -log10 P(a look takes longer than t), for looks that are distributed normally around mean + pause; the tail is
/// approximated by the logistic function, with an error below 0.00014: y = (t - mean - pause) / sd, e = exp(-y (1.5976 + 0.070566 y²)),
/// P = e / (1 + e). The limit of a look is the time at which phi reaches <see cref="Threshold"/>: mean + pause + 5.23 sd.
/// </para>
/// <para>
/// Bound: never later than the probe timeout, and never before mean + pause where that leaves room for it. The pause, a third of the
/// probe timeout, is what a healthy node may rest; the floor of sd, a ninth of it, keeps an even rhythm from making every hiccup a
/// fault. With 900 ms that is 0.82 s for a node that answers in 1 ms.
/// </para>
/// <para>
/// Memory: moving mean and variance with a weight of 1/<see cref="Window"/>, two numbers instead of a ring of a thousand, which follow
/// a route that changed within half a minute. As long as there are fewer looks, each weighs the same.
/// </para>
/// <para>
/// Source: N. Hayashibara et al., "The phi accrual failure detector", SRDS 2004; threshold, pause and approximation as in Pekko.
/// </para>
/// </remarks>
/// <param name="cap">The probe timeout: the limit while little is known, and the latest ever.</param>
internal sealed class PhiAccrual(TimeSpan cap)
{
    /// <summary>A suspicion is wrong once in 10⁸ looks, if the rhythm is what it was.</summary>
    public const double Threshold = 8;

    public const int Window = 64;

    /// <summary>Looks before the rhythm counts as known.</summary>
    public const int Enough = 8;

    private static readonly double ThresholdDeviations = DeviationsAt(Threshold);

    private double _mean;
    private double _variance;
    private int _count;

    /// <summary>How long the next look may take.</summary>
    public TimeSpan Limit
    {
        get
        {
            var limit = _mean + (cap.TotalSeconds / 3) + (ThresholdDeviations * Deviation);
            return _count < Enough || limit > cap.TotalSeconds ? cap : TimeSpan.FromSeconds(limit);
        }
    }

    // Seconds.
    private double Deviation => Math.Max(Math.Sqrt(_variance), cap.TotalSeconds / 9);

    /// <summary>A look that was answered on a connection that stood.</summary>
    public void Add(TimeSpan took)
    {
        _count = Math.Min(_count + 1, Window);
        var difference = took.TotalSeconds - _mean;
        var step = difference / _count;
        _mean += step;
        _variance += (difference * step) - ((_variance + (difference * step)) / _count);
    }

    /// <summary>
    /// The node was suspected. It begins anew: had it become slower for good, its old rhythm would have it suspected for ever.
    /// </summary>
    public void Forget() => (_mean, _variance, _count) = (0, 0, 0);

    /// <summary>How suspect the node is when a look has taken this long.</summary>
    public double PhiAt(TimeSpan took) => Phi((took.TotalSeconds - _mean - (cap.TotalSeconds / 3)) / Deviation);

    /// <summary>Of a value that lies this many standard deviations above the mean; infinite where the tail is too small for a double.</summary>
    public static double Phi(double deviations)
    {
        var e = Math.Exp(-deviations * (1.5976 + (0.070566 * deviations * deviations)));
        // Two forms of the same, each exact where the other cancels.
        return deviations > 0 ? -Math.Log10(e / (1 + e)) : -Math.Log10(1 - (1 / (1 + e)));
    }

    // Phi only ever rises: halve until nothing is left to halve.
    private static double DeviationsAt(double phi)
    {
        var (low, high) = (0.0, 10.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Phi(middle) < phi ? (middle, high) : (low, middle);
        }

        return high;
    }
}
