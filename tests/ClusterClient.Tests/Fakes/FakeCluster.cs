using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Drivers;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterClient.Tests.Fakes;

/// <summary>
/// An opener over in-memory servers. Its monitor's own looks hang, so that the topology is what the test says it is and nothing
/// happens unasked.
/// </summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private int _sessions;

    public FakeCluster(
        int nodes,
        TimeSpan? failoverTimeout = null,
        int maxWaitingCalls = 1_000,
        RouteScope? scope = null,
        Action<RegionRefusal>? onRefusal = null,
        ILogger? logger = null,
        Action<TopologyEvent>? onEvent = null,
        RoutingPolicy? policy = null,
        RetryPolicy? retry = null,
        HedgingPolicy? hedging = null,
        bool canAbort = true,
        int detectionSeconds = 0,
        CircuitSettings? circuit = null,
        ConcurrencyLimits? limits = null,
        string? beginWith = null,
        CommitDialect? commits = null,
        CommitResolution resolution = CommitResolution.Off,
        RouteTerms? terms = null)
    {
        Servers = [.. Enumerable.Range(0, nodes).Select(_ => new FakeServer { CanAbort = canAbort })];
        var driver = new FakeDriver(Servers, Clock) { Dialect = commits };
        var endpoints = TopologyScript.Nodes(nodes);
        Nodes = [.. endpoints.Select((e, i) => new ClusterNode(
            i, e, driver.CreateNode(e), new PeerState(), limits ?? new(), new ScriptedRandom(0.5)))];
        logger ??= NullLogger.Instance;
        var settings = new MonitorSettings { Interval = TimeSpan.FromMinutes(1), ProbeTimeout = TimeSpan.FromDays(1) };
        Ledger = new([.. Nodes.Select(n => n.State)], new(Clock), Clock);
        Monitor = new(endpoints, i => Nodes[i].Driver.CreateProbe(), settings, Clock, new ScriptedRandom(0.5), NullLogger.Instance)
        {
            LookEnded = Ledger.LookEnded,
        };
        Scope = scope ?? new();
        var openLimits = new OpenLimits
        {
            FailoverTimeout = failoverTimeout ?? TimeSpan.FromSeconds(30),
            MaxWaitingCalls = maxWaitingCalls,
            Concurrency = limits ?? new(),
            DetectionSeconds = detectionSeconds,
            BeginWith = beginWith,
            Resolution = resolution,
        };
        terms ??= Terms;
        var selector = new NodeSelector(
            new Geography(endpoints), policy is null ? terms : terms with { Policy = policy }, [.. Nodes.Select(n => n.State)], Clock);
        Teller = new("orders", onEvent, logger);
        Outliers = new("orders", new(selector.States, selector.Clock, OutlierSettings.Default), Monitor, Teller, selector.Clock, Clock, logger);
        foreach (var node in Nodes)
        {
            node.State.OnFault = Outliers.Met;
        }

        retry ??= RetryPolicy.None;
        Budget = new(retry.BudgetRatio, retry.BudgetPerSecond, selector.CallsEnded);
        var retries = new RetryPipeline(retry, Budget, Clock, new ScriptedRandom(0.5));
        var audit = new RegionAudit("orders", onRefusal, logger);
        Circuits = new(circuit, Nodes, Monitor, Teller, openLimits.FailoverTimeout, Clock, new ScriptedRandom(0.5));
        Opener = new("orders", driver, Nodes, Monitor, selector, openLimits, audit, Clock, logger, retries, Circuits)
        {
            Ledger = Ledger,
            Hedges = hedging is null ? null : new(hedging, Budget, Clock),
        };
        Writes = new(Opener, Scope, RouteIntent.Write, "", origin => new(origin));
        Reads = new(Opener, Scope, RouteIntent.Read, "", origin => new(origin));
        Auto = new(Opener, Scope, RouteIntent.Auto, "", origin => new(origin));
    }

    public ManualTimeProvider Clock { get; } = new();

    public ImmutableArray<FakeServer> Servers { get; }

    public ImmutableArray<ClusterNode> Nodes { get; }

    public TopologyMonitor Monitor { get; }

    public EventTeller Teller { get; }

    public OutlierWatch Outliers { get; }

    public CircuitWatch Circuits { get; }

    public CommitLedger Ledger { get; }

    public RetryBudget Budget { get; }

    public ConnectionOpener Opener { get; }

    /// <summary>What holds where nothing else is said.</summary>
    public static RouteTerms Terms { get; } = new()
    {
        Freshness = new Freshness(TimeSpan.FromSeconds(10)), ReadsMayUsePrimary = true, Policy = new LatencyScored(),
    };

    public RouteScope Scope { get; }

    public ClusterDataSourceView Writes { get; }

    public ClusterDataSourceView Reads { get; }

    public ClusterDataSourceView Auto { get; }

    /// <summary>What every node counts as in flight, in the order of the nodes.</summary>
    public string InFlight => string.Join(' ', Nodes.Select(n => n.State.InFlight));

    public ValueTask<OpenedNode> OpenAsync(RouteIntent intent, CancellationToken cancellationToken) =>
        Opener.OpenAsync(Scope, intent, cancellationToken);

    public OpenedNode Open(RouteIntent intent) => Opener.Open(Scope, intent);

    /// <summary>The monitor sees this, with a word a node as in <see cref="TopologyScript"/>.</summary>
    public FakeCluster Sees(string round)
    {
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        var now = Clock.GetTimestamp();
        foreach (var (node, word) in round.Split(' ').Index().Where(w => w.Item != "."))
        {
            Ledger.LookBegins(node);
            Monitor.Report(node, word switch
            {
                "x" => Sightings.Refused(now),
                "~" => Sightings.Silent(now),
                "new" => Sightings.Answer("R1@9", now, ++_sessions + 1),
                _ => Sightings.Answer(word, now),
            });
        }

        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await Monitor.DisposeAsync().AsTask().Soon();
        Opener.Stop();
    }
}
