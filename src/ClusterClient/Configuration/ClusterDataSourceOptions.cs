using ClusterClient.Consistency;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;

namespace ClusterClient.Configuration;

/// <summary>
/// A cluster as a configuration describes it: its nodes, where this process runs, and every setting of <see cref="ClusterOptions"/> that is not
/// code. What is null keeps its default.
/// </summary>
/// <remarks>Not thread-safe; read when the data source is made, and again when the configuration changes.</remarks>
public sealed class ClusterDataSourceOptions
{
    /// <summary>
    /// The driver's connection string, without hosts; null for the one of the cluster's name among the <c>ConnectionStrings</c>, or for one in
    /// code. Only one of the three may be given.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>How the nodes are found. There is <c>Static</c>, which is <see cref="Nodes"/>.</summary>
    public string? Discovery { get; set; }

    /// <summary>The database servers.</summary>
    public IList<ClusterNodeOptions> Nodes { get; } = [];

    /// <summary>Where this process runs.</summary>
    public LocationOptions Location { get; } = new();

    /// <summary>In which regions reads may be served; see <see cref="ClusterDataSourceBuilder.RestrictReads"/>.</summary>
    public RegionRuleOptions RestrictReads { get; } = new();

    /// <summary>In which regions writes may be made; see <see cref="ClusterDataSourceBuilder.RestrictWrites"/>.</summary>
    public RegionRuleOptions RestrictWrites { get; } = new();

    /// <inheritdoc cref="ClusterOptions.MaxReplicaLag"/>
    public TimeSpan? MaxReplicaLag { get; set; }

    /// <inheritdoc cref="ClusterOptions.ReadsMayUsePrimary"/>
    public bool? ReadsMayUsePrimary { get; set; }

    /// <inheritdoc cref="ClusterOptions.Policy"/>
    public string? Policy { get; set; }

    /// <inheritdoc cref="ClusterOptions.ZoneCost"/>
    public TimeSpan? ZoneCost { get; set; }

    /// <inheritdoc cref="ClusterOptions.RegionCost"/>
    public TimeSpan? RegionCost { get; set; }

    /// <inheritdoc cref="ClusterOptions.ClientOrdinal"/>
    public int? ClientOrdinal { get; set; }

    /// <inheritdoc cref="ClusterOptions.FailoverTimeout"/>
    public TimeSpan? FailoverTimeout { get; set; }

    /// <inheritdoc cref="ClusterOptions.CallTimeout"/>
    public TimeSpan? CallTimeout { get; set; }

    /// <inheritdoc cref="ClusterOptions.MaxWaitingCalls"/>
    public int? MaxWaitingCalls { get; set; }

    /// <inheritdoc cref="ClusterOptions.TransactionStatementTimeout"/>
    public TimeSpan? TransactionStatementTimeout { get; set; }

    /// <inheritdoc cref="ClusterOptions.CommitResolution"/>
    public CommitResolution? CommitResolution { get; set; }

    /// <inheritdoc cref="ClusterOptions.TracePropagation"/>
    public TracePropagation? TracePropagation { get; set; }

    /// <inheritdoc cref="ClusterOptions.HangDetection"/>
    public HangDetection? HangDetection { get; set; }

    /// <inheritdoc cref="ClusterOptions.MonitorInterval"/>
    public TimeSpan? MonitorInterval { get; set; }

    /// <inheritdoc cref="ClusterOptions.ProbeTimeout"/>
    public TimeSpan? ProbeTimeout { get; set; }

    /// <summary>When calls are sent again; see <see cref="RetryPolicy"/>.</summary>
    public RetryOptions Retry { get; } = new();

    /// <summary>When a second replica is asked; see <see cref="HedgingPolicy"/>.</summary>
    public HedgingOptions Hedging { get; } = new();

    /// <summary>How much a node is given at a time; see <see cref="ConcurrencyLimits"/>.</summary>
    public LimitOptions Limits { get; } = new();

    /// <summary>When a node's circuit opens; see <see cref="CircuitSettings"/>.</summary>
    public CircuitOptions Circuit { get; } = new();

    /// <inheritdoc cref="ClusterOptions.EjectOutliers"/>
    public bool? EjectOutliers { get; set; }

    /// <inheritdoc cref="ClusterOptions.LearnPatterns"/>
    public bool? LearnPatterns { get; set; }

    /// <inheritdoc cref="ClusterOptions.PatternFile"/>
    public string? PatternFile { get; set; }

    /// <summary>What the section itself has wrong, found before it was read; null where there is no section. A field, which no binder sets.</summary>
    internal SectionReport? Report;
}
