namespace ClusterClient.Benchmarks.Overhead;

/// <summary>What an operation may cost through the cluster: its time over the raw driver's, and bytes on top of the raw driver's.</summary>
internal sealed record Budget(double Ratio, int Bytes)
{
    public static readonly Budget OpenCycle = new(1.05, 500);

    public static readonly Budget Command = new(1.03, 350);

    public static readonly Budget Transaction = new(1.05, int.MaxValue);

    /// <summary>For what is only looked at.</summary>
    public static readonly Budget None = new(double.PositiveInfinity, int.MaxValue);
}
