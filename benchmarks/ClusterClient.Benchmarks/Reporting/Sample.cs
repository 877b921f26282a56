namespace ClusterClient.Benchmarks.Reporting;

/// <summary>Numbers of one kind, and what may be said of them.</summary>
internal sealed class Sample
{
    private const int Resamples = 2000;
    private readonly double[] _sorted;

    public Sample(IEnumerable<double> values)
    {
        _sorted = [.. values];
        Array.Sort(_sorted);
    }

    public int Count => _sorted.Length;

    public double Median => Quantile(0.5);

    /// <summary>By rank, without interpolation: of few numbers the highest quantiles are the highest number.</summary>
    public double Quantile(double q) => Quantile(_sorted, q);

    /// <summary>Where the true median lies with 95 % confidence: quantiles of the medians of samples drawn from this one.</summary>
    public (double From, double To) MedianInterval()
    {
        var random = new Random(1);
        var medians = new double[Resamples];
        var drawn = new double[_sorted.Length];
        for (var i = 0; i < medians.Length; i++)
        {
            for (var j = 0; j < drawn.Length; j++)
            {
                drawn[j] = _sorted[random.Next(_sorted.Length)];
            }

            Array.Sort(drawn);
            medians[i] = Quantile(drawn, 0.5);
        }

        Array.Sort(medians);
        return (Quantile(medians, 0.025), Quantile(medians, 0.975));
    }

    private static double Quantile(double[] sorted, double q) => sorted[Math.Clamp((int)Math.Ceiling(q * sorted.Length) - 1, 0, sorted.Length - 1)];
}
