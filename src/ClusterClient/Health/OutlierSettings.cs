namespace ClusterClient.Health;

/// <summary>When a node is an outlier, and for how long it is kept out. Immutable and shared; times in µs.</summary>
/// <remarks>Values are Envoy's where it has them, the ratio and its window Polly's; see <see cref="OutlierRules"/> for what each is for.</remarks>
internal sealed record OutlierSettings
{
    public static readonly OutlierSettings Default = new();

    /// <summary>So many faults in a row, each of a call that began after the one before.</summary>
    public int FaultsInARow { get; init; } = 5;

    /// <summary>This share of the window's calls faulted.</summary>
    public double FaultRatio { get; init; } = 0.5;

    /// <summary>Calls in the window below which <see cref="FaultRatio"/> means nothing.</summary>
    public int FaultRatioMinCalls { get; init; } = 20;

    /// <summary>A success rate below the replicas' mean by so many standard deviations of theirs …</summary>
    public double SuccessDeviations { get; init; } = 1.9;

    /// <summary>… and by at least this, because one fault in thousands is far out where there are none elsewhere.</summary>
    public double SuccessMargin { get; init; } = 0.05;

    /// <summary>Replicas below which the deviation means nothing: among four, none can be 1.9 out.</summary>
    public int SuccessMinNodes { get; init; } = 5;

    /// <summary>Calls in the window from which a replica counts among them.</summary>
    public int SuccessMinCalls { get; init; } = 100;

    /// <summary>Calls that take so many times as long as its peers' …</summary>
    public double SlowFactor { get; init; } = 10;

    /// <summary>… and so much longer.</summary>
    public double SlowMargin { get; init; } = 100_000;

    /// <summary>Calls in the window from which a latency counts, the node's and each peer's.</summary>
    public int SlowMinCalls { get; init; } = 10;

    /// <summary>Peers below which nobody can say which of them is the slow one.</summary>
    public int SlowMinPeers { get; init; } = 2;

    /// <summary>The first ejection; the second in a row takes twice as long, and so on.</summary>
    public long BaseEjection { get; init; } = 30_000_000;

    public long LongestEjection { get; init; } = 300_000_000;

    /// <summary>For each such time without an ejection one that was is forgotten.</summary>
    public long CleanInterval { get; init; } = 10_000_000;
}
