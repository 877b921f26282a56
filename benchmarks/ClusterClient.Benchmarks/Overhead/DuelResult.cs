using ClusterClient.Benchmarks.Reporting;

namespace ClusterClient.Benchmarks.Overhead;

/// <summary>What a duel brought, block against block of the same round.</summary>
internal sealed record DuelResult(
    string Name, Budget Budget, IReadOnlyList<Block> Raw, IReadOnlyList<Block> Control, IReadOnlyList<Block> Cluster)
{
    public double RawNanoseconds => new Sample(Raw.Select(b => b.Nanoseconds)).Median;

    public double ClusterNanoseconds => new Sample(Cluster.Select(b => b.Nanoseconds)).Median;

    public double RawBytes => new Sample(Raw.Select(b => b.Bytes)).Median;

    public double ClusterBytes => new Sample(Cluster.Select(b => b.Bytes)).Median;

    /// <summary>The cluster's time over the mean of the raw driver's two in the same round.</summary>
    public Sample Ratios => new(Enumerable.Range(0, Raw.Count)
        .Select(i => 2 * Cluster[i].Nanoseconds / (Raw[i].Nanoseconds + Control[i].Nanoseconds)));

    /// <summary>The raw driver's over its own: 1, were there no noise.</summary>
    public Sample ControlRatios => new(Control.Zip(Raw, (c, r) => c.Nanoseconds / r.Nanoseconds));

    public Sample AddedNanoseconds => new(Cluster.Zip(Raw, (c, r) => c.Nanoseconds - r.Nanoseconds));

    public double AddedBytes => ClusterBytes - RawBytes;

    /// <summary>Whether the raw driver beside itself shows little enough for a budget of a few hundredths.</summary>
    public bool IsQuiet
    {
        get
        {
            var control = ControlRatios;
            var (from, to) = control.MedianInterval();
            return Math.Abs(control.Median - 1) <= 0.01 && to - from <= 0.04;
        }
    }

    public double ControlBytes => new Sample(Control.Select(b => b.Bytes)).Median - RawBytes;
}
