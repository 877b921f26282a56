using ClusterClient.Benchmarks.Reporting;

namespace ClusterClient.Benchmarks.Overhead;

/// <summary>What a duel brought, block against block of the same round.</summary>
internal sealed record DuelResult(string Name, IReadOnlyList<Block> Raw, IReadOnlyList<Block> Control, IReadOnlyList<Block> Cluster)
{
    public double RawNanoseconds => new Sample(Raw.Select(b => b.Nanoseconds)).Median;

    public double ClusterNanoseconds => new Sample(Cluster.Select(b => b.Nanoseconds)).Median;

    public double RawBytes => new Sample(Raw.Select(b => b.Bytes)).Median;

    public double ClusterBytes => new Sample(Cluster.Select(b => b.Bytes)).Median;

    /// <summary>The cluster's time over the raw driver's.</summary>
    public Sample Ratios => new(Cluster.Zip(Raw, (c, r) => c.Nanoseconds / r.Nanoseconds));

    /// <summary>The raw driver's over its own: 1, were there no noise.</summary>
    public Sample ControlRatios => new(Control.Zip(Raw, (c, r) => c.Nanoseconds / r.Nanoseconds));

    public Sample AddedNanoseconds => new(Cluster.Zip(Raw, (c, r) => c.Nanoseconds - r.Nanoseconds));

    public double AddedBytes => ClusterBytes - RawBytes;

    public double ControlBytes => new Sample(Control.Select(b => b.Bytes)).Median - RawBytes;
}
