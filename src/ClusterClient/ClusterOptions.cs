using ClusterClient.Consistency;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient;

/// <summary>
/// Settings of a <see cref="ClusterDataSource"/>. Settable until the data source is built, which takes a copy; validated then, all
/// at once.
/// </summary>
/// <remarks>Not thread-safe; the copy is immutable.</remarks>
public sealed class ClusterOptions
{
    /// <summary>Default of <see cref="FailoverTimeout"/>: 30 s.</summary>
    public static readonly TimeSpan DefaultFailoverTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Default of <see cref="MonitorInterval"/> with <see cref="HangDetection.Standard"/>: 500 ms.</summary>
    public static readonly TimeSpan DefaultMonitorInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Default of <see cref="ProbeTimeout"/> with <see cref="HangDetection.Standard"/>: 900 ms.</summary>
    public static readonly TimeSpan DefaultProbeTimeout = TimeSpan.FromMilliseconds(900);

    /// <summary>Default of <see cref="MonitorInterval"/> with <see cref="HangDetection.Fast"/>: 80 ms.</summary>
    public static readonly TimeSpan FastMonitorInterval = TimeSpan.FromMilliseconds(80);

    /// <summary>Default of <see cref="ProbeTimeout"/> with <see cref="HangDetection.Fast"/>: 300 ms.</summary>
    public static readonly TimeSpan FastProbeTimeout = TimeSpan.FromMilliseconds(300);

    /// <summary>Default of <see cref="MaxReplicaLag"/>: 10 s.</summary>
    public static readonly TimeSpan DefaultMaxReplicaLag = TimeSpan.FromSeconds(10);

    /// <summary>Default of <see cref="MaxWaitingCalls"/>: 1,000.</summary>
    public const int DefaultMaxWaitingCalls = 1_000;

    private TimeSpan? _monitorInterval;
    private TimeSpan? _probeTimeout;

    /// <summary>
    /// How long opening a connection may take in all, waiting for a new primary and every attempt included, before it is refused.
    /// The caller's token may end it earlier.
    /// </summary>
    /// <value>Greater than zero, at most one day. Default 30 s.</value>
    public TimeSpan FailoverTimeout { get; set; } = DefaultFailoverTimeout;

    /// <summary>
    /// How soon a hung server is noticed and the calls in flight on it are ended: it decides <see cref="MonitorInterval"/> and
    /// <see cref="ProbeTimeout"/>, each as long as it is not set itself.
    /// </summary>
    /// <value>Default <see cref="HangDetection.Standard"/>: within 1.5 s.</value>
    public HangDetection HangDetection { get; set; } = HangDetection.Standard;

    /// <summary>
    /// Time between two looks at a node while all is well; each look is one small query. Looks come every few milliseconds while
    /// something is wrong, whatever is set here. Together with <see cref="ProbeTimeout"/> it bounds how long a hung node goes unnoticed.
    /// </summary>
    /// <value>10 ms to 1 minute. Default 500 ms, or 80 ms with <see cref="HangDetection.Fast"/>.</value>
    public TimeSpan MonitorInterval
    {
        get => _monitorInterval ?? (HangDetection == HangDetection.Fast ? FastMonitorInterval : DefaultMonitorInterval);
        set => _monitorInterval = value;
    }

    /// <summary>
    /// How long a look may take at most before the node counts as silent, and its calls in flight are ended; less once the node's own
    /// rhythm is known, though never less than a third of this above its mean. Must exceed the round trip to the farthest node; the
    /// first look on a new connection gets twice as long.
    /// </summary>
    /// <value>10 ms to 1 minute. Default 900 ms, or 300 ms with <see cref="HangDetection.Fast"/>.</value>
    public TimeSpan ProbeTimeout
    {
        get => _probeTimeout ?? (HangDetection == HangDetection.Fast ? FastProbeTimeout : DefaultProbeTimeout);
        set => _probeTimeout = value;
    }

    /// <summary>How far behind the primary a replica may be and still serve reads.</summary>
    /// <value>Zero or more. Default 10 s.</value>
    public TimeSpan MaxReplicaLag { get; set; } = DefaultMaxReplicaLag;

    /// <summary>Whether reads go to the primary when no replica can serve them.</summary>
    /// <value>Default true.</value>
    public bool ReadsMayUsePrimary { get; set; } = true;

    /// <summary>How many calls may wait for a node at the same time; further ones are refused at once.</summary>
    /// <value>1 or more. Default 1,000.</value>
    public int MaxWaitingCalls { get; set; } = DefaultMaxWaitingCalls;

    /// <summary>
    /// How long any call may take in all: an open with everything that it waits for, or a command with its retries until its first answer. It
    /// holds beside <see cref="FailoverTimeout"/> and the command's own timeout, and need not be whole seconds; whichever ends first, ends the call.
    /// Where the driver gives no way to end a connection under its user, a command's first attempt is bounded by the command's own timeout only.
    /// </summary>
    /// <value>Greater than zero, at most one day, or null for no such limit. Default null.</value>
    public TimeSpan? CallTimeout { get; set; }

    /// <summary>
    /// How long a statement may take inside of a transaction until the server itself ends it, so that it does not go on for a caller who has
    /// gone: <c>SET LOCAL statement_timeout</c> at the beginning of every transaction, which costs it a round trip. Not for ambient transactions.
    /// </summary>
    /// <value>Greater than zero, at most one day, or null to leave it to the server's settings. Default null.</value>
    public TimeSpan? TransactionStatementTimeout { get; set; }

    /// <summary>How it is found out whether a transaction was committed when the answer to its commit was lost.</summary>
    /// <value>Default <see cref="CommitResolution.ByTransactionId"/>.</value>
    public CommitResolution CommitResolution { get; set; } = CommitResolution.ByTransactionId;

    /// <summary>How the context of a recorded trace is given to the server, so that a statement in its log leads to the trace.</summary>
    /// <value>Default <see cref="TracePropagation.Off"/>.</value>
    public TracePropagation TracePropagation { get; set; }

    /// <summary>When and how often calls are sent again that met a fault of their node's.</summary>
    /// <value>Default <see cref="RetryPolicy.Default"/>.</value>
    public RetryPolicy Retry { get; set; } = RetryPolicy.Default;

    /// <summary>When a second replica is asked for a read that takes unusually long.</summary>
    /// <value>Default <see cref="HedgingPolicy.OnRequest"/>: for no read that does not ask for it.</value>
    public HedgingPolicy Hedging { get; set; } = HedgingPolicy.OnRequest;

    /// <summary>
    /// How many calls each node is given at a time, as its answers tell what it can do, and how many may wait for their turn. What is over
    /// that is refused with a <see cref="Data.ClusterOverloadedException"/>, which says when to try again.
    /// </summary>
    /// <value>Default: 10 to 200, at first 100, and 1,000 that wait for 1 s at most.</value>
    public ConcurrencyLimits Limits { get; set; } = new();

    /// <summary>
    /// Whether a replica that answers the monitor is kept out for a while when the calls to it fail or hang unlike its peers': for 30 s
    /// at first, for longer each time it happens again, up to 5 minutes. At most half of the replicas are kept out at once, and never the
    /// primary; when those that are left cannot serve, a replica that is kept out does.
    /// </summary>
    /// <value>Default true.</value>
    public bool EjectOutliers { get; set; } = true;

    /// <summary>
    /// When a node's circuit opens because the calls to it fail, primary or replica, and for how long. Reads then go elsewhere where they
    /// can, and writes to a primary wait within <see cref="FailoverTimeout"/>, until a trial succeeds.
    /// </summary>
    /// <value>Null for never. Default <see cref="CircuitSettings.Default"/>.</value>
    public CircuitSettings? Circuit { get; set; } = CircuitSettings.Default;

    /// <summary>
    /// The policy that picks one of the nodes that may serve a read: a name of <see cref="RoutingPolicyNames"/>, or of one that was
    /// added to the builder. Case does not matter.
    /// </summary>
    /// <value>Default <see cref="RoutingPolicyNames.LatencyScored"/>.</value>
    public string Policy { get; set; } = RoutingPolicyNames.LatencyScored;

    /// <summary>
    /// What it costs, beyond its latency, that a read leaves the caller's zone: it does so only where that saves more time than this.
    /// </summary>
    /// <value>Zero to one minute. Default zero.</value>
    public TimeSpan ZoneCost { get; set; }

    /// <summary>The same for leaving the caller's region.</summary>
    /// <value>Zero to one minute. Default zero.</value>
    public TimeSpan RegionCost { get; set; }

    /// <summary>
    /// Which of the fleet's clients this process is, counted from 0. It matters only beside 48 nodes or more in a region, of which
    /// each process scans a part: numbered clients get parts that are even together.
    /// </summary>
    /// <value>Zero or more, or null for a random one. Default null.</value>
    public int? ClientOrdinal { get; set; }

    /// <summary>
    /// Whether the load and the service time of every node are learnt by the hour of the week, in UTC. Where that forecasts better than
    /// a naive rule, connections are opened ahead of busier hours, at most 16 to a node, and a node that has not answered yet begins
    /// with the service time that is usual for the hour. No forecast ever moves a call from one node to another that is known.
    /// Takes about 6 KB for each node; see <see cref="ClusterDataSource.ExplainPatterns"/>.
    /// </summary>
    /// <value>Default true.</value>
    public bool LearnPatterns { get; set; } = true;

    /// <summary>
    /// The file in which patterns outlive this process: read on first use, written every hour and when the data source is disposed.
    /// One for each process and cluster; where several share one, the last that writes it wins. A file with other contents is
    /// reported to the log and left alone.
    /// </summary>
    /// <value>A path, or null to keep them in memory alone. Default null.</value>
    public string? PatternFile { get; set; }

    /// <summary>Everything that is wrong, as sentences that name the setting and the remedy.</summary>
    internal IEnumerable<string> Validate()
    {
        if (FailoverTimeout <= TimeSpan.Zero || FailoverTimeout > TimeSpan.FromDays(1))
        {
            yield return $"FailoverTimeout is {FailoverTimeout}; set it to more than zero and at most one day.";
        }

        if (!Enum.IsDefined(HangDetection))
        {
            yield return $"HangDetection is {HangDetection}; set it to Standard or Fast.";
        }

        foreach (var (name, value) in new[] { (nameof(MonitorInterval), MonitorInterval), (nameof(ProbeTimeout), ProbeTimeout) })
        {
            if (value < TimeSpan.FromMilliseconds(10) || value > TimeSpan.FromMinutes(1))
            {
                yield return $"{name} is {value}; set it between 10 ms and one minute.";
            }
        }

        if (MaxReplicaLag < TimeSpan.Zero)
        {
            yield return $"MaxReplicaLag is {MaxReplicaLag}; set it to zero or more.";
        }

        foreach (var (name, value) in new[] { (nameof(ZoneCost), ZoneCost), (nameof(RegionCost), RegionCost) })
        {
            if (value < TimeSpan.Zero || value > TimeSpan.FromMinutes(1))
            {
                yield return $"{name} is {value}; set it between zero and one minute.";
            }
        }

        foreach (var error in Retry is null ? ["Retry is null; set it to RetryPolicy.None to switch retries off."] : Retry.Validate())
        {
            yield return error;
        }

        foreach (var error in Hedging is null ? ["Hedging is null; set it to HedgingPolicy.OnRequest."] : Hedging.Validate())
        {
            yield return error;
        }

        if (Hedging is { ByDefault: true, MaxRatio: > 0 } && Retry is { BudgetRatio: 0, BudgetPerSecond: 0 })
        {
            yield return "Hedging is on and Retry leaves it no budget; set Retry.BudgetRatio or BudgetPerSecond to more than zero.";
        }

        if (!Enum.IsDefined(TracePropagation))
        {
            yield return $"TracePropagation is {TracePropagation}; set it to Off, SqlComment or ApplicationName.";
        }

        if (!Enum.IsDefined(CommitResolution))
        {
            yield return $"CommitResolution is {CommitResolution}; set it to Off, ByTransactionId or ByMarker.";
        }

        foreach (var (name, value) in new[] { (nameof(CallTimeout), CallTimeout), (nameof(TransactionStatementTimeout), TransactionStatementTimeout) })
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
            {
                yield return $"{name} is {value}; set it to more than zero and at most one day, or leave it out.";
            }
        }

        if (ClientOrdinal < 0)
        {
            yield return $"ClientOrdinal is {ClientOrdinal}; set it to zero or more, or leave it out.";
        }

        if (MaxWaitingCalls < 1)
        {
            yield return $"MaxWaitingCalls is {MaxWaitingCalls}; set it to 1 or more.";
        }

        foreach (var wrong in Circuit?.Validate() ?? [])
        {
            yield return wrong;
        }

        foreach (var error in Limits?.Validate() ?? ["Limits is null; set it to ConcurrencyLimits.None for no limits."])
        {
            yield return error;
        }

        if (PatternFile is not null && (string.IsNullOrEmpty(Path.GetFileName(PatternFile)) || PatternFile.Contains('\0', StringComparison.Ordinal)))
        {
            yield return $"PatternFile is '{PatternFile}', which names no file; set it to a file's path, or leave it out.";
        }

        if (PatternFile is not null && !LearnPatterns)
        {
            yield return "PatternFile is set and LearnPatterns is not; switch that on, or leave the file out.";
        }
    }
}
