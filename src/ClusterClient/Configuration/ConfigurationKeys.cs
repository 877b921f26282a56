using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Configuration;

/// <summary>
/// Every key of a cluster's section: what a configuration is held against before it is read, and what the JSON schema and the documentation
/// are made of.
/// </summary>
internal static class ConfigurationKeys
{
    private static readonly RetryPolicy Retry = RetryPolicy.Default;
    private static readonly HedgingPolicy Hedging = HedgingPolicy.OnRequest;
    private static readonly ConcurrencyLimits Limits = new();
    private static readonly CircuitSettings Circuit = CircuitSettings.Default;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TenMilliseconds = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    public static readonly ImmutableArray<ConfigurationKey> All =
    [
        new("ConnectionString", KeyKind.Text, o => o.ConnectionString,
            "The driver's connection string without hosts. Left out, it is the one of the cluster's name among the ConnectionStrings, or the code's."),
        new("Discovery", KeyKind.Choice, o => o.Discovery, "How the nodes are found: Static is the list in Nodes.")
            { Default = "Static", Choices = ["Static"] },
        new("Nodes:*:Endpoint", KeyKind.Text, o => OfNodes(o, n => n.Endpoint), "A database server: host or host:port. Required."),
        new("Nodes:*:Region", KeyKind.Text, o => OfNodes(o, n => n.Region), "The region it stands in. Required."),
        new("Nodes:*:Zone", KeyKind.Text, o => OfNodes(o, n => n.Zone), "The zone inside the region."),
        new("Nodes:*:Name", KeyKind.Text, o => OfNodes(o, n => n.Name), "Its name in logs and explanations; the endpoint where there is none."),
        new("Nodes:*:Weight", KeyKind.Number, o => OfNodes(o, n => n.Weight), "How much it can do in relation to the other nodes.")
            { Default = 1.0, Least = 0.0, IsAboveLeast = true, IsReloadable = true },
        new("Location:Region", KeyKind.Text, o => o.Location.Region, "The region in which this process runs; one of the nodes'."),
        new("Location:Zone", KeyKind.Text, o => o.Location.Zone, "The zone inside that region."),
        new("RestrictReads:Allow", KeyKind.Texts, o => OfTexts(o.RestrictReads.Allow), "The only regions in which reads may be served.") { IsReloadable = true },
        new("RestrictReads:Deny", KeyKind.Texts, o => OfTexts(o.RestrictReads.Deny), "Or the regions in which they may not.") { IsReloadable = true },
        new("RestrictWrites:Allow", KeyKind.Texts, o => OfTexts(o.RestrictWrites.Allow), "The only regions in which writes may be made.") { IsReloadable = true },
        new("RestrictWrites:Deny", KeyKind.Texts, o => OfTexts(o.RestrictWrites.Deny), "Or the regions in which they may not.") { IsReloadable = true },
        new("MaxReplicaLag", KeyKind.Duration, o => o.MaxReplicaLag, "How far behind the primary a replica may be and still serve reads.")
            { Default = ClusterOptions.DefaultMaxReplicaLag, Least = TimeSpan.Zero, IsReloadable = true },
        new("ReadsMayUsePrimary", KeyKind.Flag, o => o.ReadsMayUsePrimary, "Whether reads go to the primary when no replica can serve them.")
            { Default = true, IsReloadable = true },
        new("Policy", KeyKind.Text, o => o.Policy,
            "Which of the replicas that may serve a read does: LatencyScored, LeastInFlight, PowerOfTwo, RoundRobin, Nearest, HotCold, or one that code added.")
            { Default = RoutingPolicyNames.LatencyScored, IsReloadable = true },
        new("ZoneCost", KeyKind.Duration, o => o.ZoneCost, "What it costs beyond its latency that a read leaves the caller's zone.")
            { Default = TimeSpan.Zero, Least = TimeSpan.Zero, Greatest = Minute, IsReloadable = true },
        new("RegionCost", KeyKind.Duration, o => o.RegionCost, "The same for leaving the caller's region.")
            { Default = TimeSpan.Zero, Least = TimeSpan.Zero, Greatest = Minute, IsReloadable = true },
        new("ClientOrdinal", KeyKind.Integer, o => o.ClientOrdinal,
            "Which of the fleet's clients this process is, from 0; random where it is left out. Matters beside 48 nodes or more in a region.") { Least = 0 },
        new("FailoverTimeout", KeyKind.Duration, o => o.FailoverTimeout, "How long opening a connection may take in all, waiting for a new primary included.")
            { Default = ClusterOptions.DefaultFailoverTimeout, Least = TimeSpan.Zero, IsAboveLeast = true, Greatest = Day, IsReloadable = true },
        new("CallTimeout", KeyKind.Duration, o => o.CallTimeout, "How long any call may take in all: an open, or a command with its retries. No limit where it is left out.")
            { Least = TimeSpan.Zero, IsAboveLeast = true, Greatest = Day, IsReloadable = true },
        new("MaxWaitingCalls", KeyKind.Integer, o => o.MaxWaitingCalls, "How many calls may wait for a node at the same time; further ones are refused at once.")
            { Default = ClusterOptions.DefaultMaxWaitingCalls, Least = 1, IsReloadable = true },
        new("TransactionStatementTimeout", KeyKind.Duration, o => o.TransactionStatementTimeout,
            "How long a statement inside of a transaction may take until the server itself ends it; the server's own settings where it is left out.")
            { Least = TimeSpan.Zero, IsAboveLeast = true, Greatest = Day, IsReloadable = true },
        new("CommitResolution", KeyKind.Choice, o => o.CommitResolution, "How it is found out whether a transaction was committed when the answer was lost.")
            { Default = CommitResolution.ByTransactionId, Choices = [.. Enum.GetNames<CommitResolution>()] },
        new("TracePropagation", KeyKind.Choice, o => o.TracePropagation, "How the server is told of the trace that a call belongs to, so that its log leads there.")
            { Default = TracePropagation.Off, Choices = [.. Enum.GetNames<TracePropagation>()], IsReloadable = true },
        new("HangDetection", KeyKind.Choice, o => o.HangDetection, "How soon a hung server is noticed: Standard within 1.5 s, Fast within 0.5 s.")
            { Default = HangDetection.Standard, Choices = [.. Enum.GetNames<HangDetection>()] },
        new("MonitorInterval", KeyKind.Duration, o => o.MonitorInterval, "Time between two looks at a node while all is well; 80 ms with Fast hang detection.")
            { Default = ClusterOptions.DefaultMonitorInterval, Least = TenMilliseconds, Greatest = Minute },
        new("ProbeTimeout", KeyKind.Duration, o => o.ProbeTimeout, "How long a look may take before the node counts as silent; 300 ms with Fast hang detection.")
            { Default = ClusterOptions.DefaultProbeTimeout, Least = TenMilliseconds, Greatest = Minute },
        new("Retry:Enabled", KeyKind.Flag, o => o.Retry.Enabled, "Whether calls are sent again that met a fault of their node's.") { Default = true },
        new("Retry:MaxRetries", KeyKind.Integer, o => o.Retry.MaxRetries, "How often one call is sent again at most.")
            { Default = Retry.MaxRetries, Least = 0, Greatest = 100 },
        new("Retry:FirstDelay", KeyKind.Duration, o => o.Retry.FirstDelay, "The pause that backoff begins with; it doubles, with jitter.")
            { Default = Retry.FirstDelay, Least = TimeSpan.Zero, Greatest = Minute },
        new("Retry:MaxDelay", KeyKind.Duration, o => o.Retry.MaxDelay, "The longest pause; at least FirstDelay.")
            { Default = Retry.MaxDelay, Least = TimeSpan.Zero, Greatest = TimeSpan.FromMinutes(10) },
        new("Retry:BudgetRatio", KeyKind.Number, o => o.Retry.BudgetRatio, "How many retries and hedges may come on one first attempt.")
            { Default = Retry.BudgetRatio, Least = 0.0, Greatest = 10.0 },
        new("Retry:BudgetPerSecond", KeyKind.Number, o => o.Retry.BudgetPerSecond, "How many more may be made for each second.")
            { Default = Retry.BudgetPerSecond, Least = 0.0, Greatest = 10_000.0 },
        new("Hedging:ByDefault", KeyKind.Flag, o => o.Hedging.ByDefault, "Whether a second replica is asked for slow reads that do not ask for it themselves.")
            { Default = Hedging.ByDefault },
        new("Hedging:MaxRatio", KeyKind.Number, o => o.Hedging.MaxRatio, "How many hedges may come on one read; 0 for none.")
            { Default = Hedging.MaxRatio, Least = 0.0, Greatest = 1.0 },
        new("Hedging:Quantile", KeyKind.Number, o => o.Hedging.Quantile, "How many of the reads are to be answered before a hedge is considered.")
            { Default = Hedging.Quantile, Least = 0.5, Greatest = 0.999 },
        new("Hedging:MinDelay", KeyKind.Duration, o => o.Hedging.MinDelay, "The shortest time after which a hedge is asked for.")
            { Default = Hedging.MinDelay, Least = Millisecond, Greatest = Minute },
        new("Limits:Enabled", KeyKind.Flag, o => o.Limits.Enabled, "Whether the calls that a node is given at a time are limited.") { Default = true },
        new("Limits:Floor", KeyKind.Integer, o => o.Limits.Floor, "The limit never falls below this.")
            { Default = Limits.Floor, Least = 1, Greatest = 10_000 },
        new("Limits:Initial", KeyKind.Integer, o => o.Limits.Initial, "The limit of a node of which nothing is known yet: from Floor to Ceiling.")
            { Default = Limits.Initial, Least = 1, Greatest = 10_000 },
        new("Limits:Ceiling", KeyKind.Integer, o => o.Limits.Ceiling, "The limit never rises above this.")
            { Default = Limits.Ceiling, Least = 1, Greatest = 10_000 },
        new("Limits:MaxQueued", KeyKind.Integer, o => o.Limits.MaxQueued, "How many calls may wait for one node; further ones are refused at once.")
            { Default = Limits.MaxQueued, Least = 0, Greatest = 100_000 },
        new("Limits:MaxQueueTime", KeyKind.Duration, o => o.Limits.MaxQueueTime, "How long a call may wait for its turn.")
            { Default = Limits.MaxQueueTime, Least = Millisecond, Greatest = TimeSpan.FromHours(1) },
        new("Circuit:Enabled", KeyKind.Flag, o => o.Circuit.Enabled, "Whether a node is left alone for a while when the calls to it fail.") { Default = true },
        new("Circuit:FailureRatio", KeyKind.Number, o => o.Circuit.FailureRatio, "The share of the last ten seconds' calls that has to fail for it.")
            { Default = Circuit.FailureRatio, Least = 0.0, IsAboveLeast = true, Greatest = 1.0 },
        new("Circuit:MinimumThroughput", KeyKind.Integer, o => o.Circuit.MinimumThroughput, "How many calls there have to be for that share to count.")
            { Default = Circuit.MinimumThroughput, Least = 1 },
        new("Circuit:ConsecutiveFaults", KeyKind.Integer, o => o.Circuit.ConsecutiveFaults, "How many faults in a row open it as well.")
            { Default = Circuit.ConsecutiveFaults, Least = 1 },
        new("Circuit:BreakDuration", KeyKind.Duration, o => o.Circuit.BreakDuration, "How long it stays open before one call is the trial; doubles while trials fail.")
            { Default = Circuit.BreakDuration, Least = TenMilliseconds, Greatest = Day },
        new("Circuit:MaxBreakDuration", KeyKind.Duration, o => o.Circuit.MaxBreakDuration, "Where doubling ends; at least BreakDuration.")
            { Default = Circuit.MaxBreakDuration, Least = TenMilliseconds, Greatest = Day },
        new("EjectOutliers", KeyKind.Flag, o => o.EjectOutliers, "Whether a replica is kept out for a while when the calls to it fail or hang unlike its peers'.")
            { Default = true },
        new("LearnPatterns", KeyKind.Flag, o => o.LearnPatterns, "Whether load and service time are learnt by the hour of the week.") { Default = true },
        new("PatternFile", KeyKind.Text, o => o.PatternFile, "The file in which that outlives this process; in memory alone where it is left out."),
    ];

    private static string OfNodes(ClusterDataSourceOptions options, Func<ClusterNodeOptions, object?> value) =>
        OfTexts(options.Nodes.Index().Select(n => (n.Index, Value: value(n.Item))).Where(n => n.Value is not null).Select(n => $"{n.Index} {n.Value}"));

    private static string OfTexts(IEnumerable<string> values) => string.Join('\n', values);
}
