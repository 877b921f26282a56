using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Drivers;
using ClusterClient.Health;
using ClusterClient.Health.Patterns;
using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterClient;

/// <summary>Collects what a <see cref="ClusterDataSource"/> needs: a driver, the nodes, and where this process runs.</summary>
/// <remarks>For one caller at a time. A builder may build several data sources; they share nothing.</remarks>
public sealed class ClusterDataSourceBuilder
{
    private readonly string _name;
    private readonly List<(string Endpoint, string Region, string? Zone, string? Name, double Weight)> _nodes = [];
    private readonly List<RoutingPolicy> _policies = [new LatencyScored(), new LeastInFlight(), new PowerOfTwo(), new RoundRobin(), new Nearest(), new HotCold()];
    private readonly ClusterOptions _options = new();

    // Each region in its first spelling: case does not matter in the configuration, and costs nothing when routing.
    private readonly HashSet<string> _regions = new(StringComparer.OrdinalIgnoreCase);
    private Func<ClusterDriver>? _createDriver;
    private Func<ConnectionOrigin, ClusterConnection> _createConnection = static origin => new ClusterConnection(origin);
    private Action<TopologyEvent>? _onEvent;
    private ILoggerFactory _loggerFactory = NullLoggerFactory.Instance;
    private TimeProvider _time = TimeProvider.System;
    private Random? _random;
    private RegionRule _readRule = RegionRule.None;
    private RegionRule _writeRule = RegionRule.None;
    private Action<RegionRefusal>? _onRegionRefusal;
    private string? _region;
    private string? _zone;

    /// <summary>Begins a data source.</summary>
    /// <param name="name">What the cluster is called in logs, errors and <see cref="System.Data.Common.DbConnection.DataSource"/>.</param>
    public ClusterDataSourceBuilder(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _name = name;
    }

    /// <summary>Adds a database server. Its role is found out, not configured.</summary>
    /// <param name="endpoint"><c>host</c> or <c>host:port</c>; the driver's port when none is given.</param>
    /// <param name="region">The region it stands in.</param>
    /// <param name="zone">The zone inside the region, or null.</param>
    /// <param name="name">Its name in logs and explanations; the endpoint when null.</param>
    /// <param name="weight">How much it can do in relation to the other nodes, greater than zero: 2 for twice as much as one with 1.</param>
    public ClusterDataSourceBuilder AddNode(string endpoint, string region, string? zone = null, string? name = null, double weight = 1)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(endpoint);
        ArgumentException.ThrowIfNullOrWhiteSpace(region);
        _regions.Add(region);
        _nodes.Add((endpoint, Spelling(region)!, zone, name, weight));
        return this;
    }

    /// <summary>
    /// Says where this process runs: reads prefer replicas of the same zone, then of the same region, unless the way to others is
    /// shorter than the wait.
    /// </summary>
    /// <param name="region">The region's name, as given to the nodes.</param>
    /// <param name="zone">The zone inside the region, or null.</param>
    public ClusterDataSourceBuilder LocatedIn(string region, string? zone = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(region);
        _region = region;
        _zone = zone;
        return this;
    }

    /// <summary>
    /// In which regions reads may be served. The rule holds in every case: a read that no allowed node can serve is refused. Views may
    /// narrow it further, see <see cref="ClusterDataSourceView.Within"/>.
    /// </summary>
    public ClusterDataSourceBuilder RestrictReads(RegionRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _readRule = rule;
        return this;
    }

    /// <summary>
    /// In which regions writes may be made. While the primary stands elsewhere, after a failover for instance, writes are refused at once.
    /// </summary>
    public ClusterDataSourceBuilder RestrictWrites(RegionRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _writeRule = rule;
        return this;
    }

    /// <summary>
    /// Has every call told to a handler that was refused because of a region rule, for an audit. It is called by the refused call
    /// itself, before that fails: it should be quick, and has to be thread-safe.
    /// </summary>
    public ClusterDataSourceBuilder OnRegionRefusal(Action<RegionRefusal> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _onRegionRefusal += handler;
        return this;
    }

    /// <summary>Adds a policy of the application's own, to be chosen by its name in <see cref="ClusterOptions.Policy"/>.</summary>
    /// <remarks>One that is named like one of the library's replaces it.</remarks>
    public ClusterDataSourceBuilder AddPolicy(RoutingPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentException.ThrowIfNullOrWhiteSpace(policy.Name);
        _policies.RemoveAll(p => string.Equals(p.Name, policy.Name, StringComparison.OrdinalIgnoreCase));
        _policies.Add(policy);
        return this;
    }

    /// <summary>Changes settings; see <see cref="ClusterOptions"/> for what there is and its defaults.</summary>
    public ClusterDataSourceBuilder Configure(Action<ClusterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_options);
        return this;
    }

    /// <summary>
    /// Has every event of the topology told to a handler, in order and none missed, from the very first look on. It is called on a
    /// thread of the pool, one event at a time; a slow handler delays the next event and nothing else.
    /// </summary>
    public ClusterDataSourceBuilder OnEvent(Action<TopologyEvent> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _onEvent += handler;
        return this;
    }

    /// <summary>Where to log; nowhere by default.</summary>
    public ClusterDataSourceBuilder UseLoggerFactory(ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _loggerFactory = loggerFactory;
        return this;
    }

    /// <summary>The clock for every duration and pause; the system's by default.</summary>
    public ClusterDataSourceBuilder UseTimeProvider(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _time = timeProvider;
        return this;
    }

    /// <summary>The source of every jitter, so that a run can be repeated; seeded by the runtime by default.</summary>
    public ClusterDataSourceBuilder UseRandom(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        _random = random;
        return this;
    }

    /// <summary>For adapters; applications call the adapter's extension, such as <c>UseNpgsql</c>.</summary>
    /// <param name="createDriver">Makes the driver of one data source.</param>
    /// <param name="createConnection">Makes its connections, when they need a class of the adapter's own.</param>
    public ClusterDataSourceBuilder UseDriver(
        Func<ClusterDriver> createDriver, Func<ConnectionOrigin, ClusterConnection>? createConnection = null)
    {
        ArgumentNullException.ThrowIfNull(createDriver);
        _createDriver = createDriver;
        _createConnection = createConnection ?? _createConnection;
        return this;
    }

    /// <summary>Builds the data source. No IO happens: monitoring starts on first use.</summary>
    /// <exception cref="InvalidOperationException">Something is missing or wrong; the message lists all of it.</exception>
    public ClusterDataSource Build()
    {
        var driver = _createDriver?.Invoke();
        List<string> errors = [.. _options.Validate(), .. driver?.Validate() ?? ["There is no driver; call UseNpgsql."]];
        var endpoints = Endpoints(driver?.DefaultPort ?? 0, errors);
        var policy = Policy(errors);
        var geography = new Geography(endpoints);
        CheckPlaces(errors);
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(
                $"The data source '{_name}' cannot be built:{string.Concat(errors.Select(e => $"{Environment.NewLine}- {e}"))}");
        }

        var logger = _loggerFactory.CreateLogger("ClusterClient");
        var random = _random ?? new Random();
        var peers = endpoints.GroupBy(e => e.Region).ToDictionary(r => r.Key, r => new PeerState(isFleet: ScanOrder.Part(r.Count()) < r.Count()));
        ImmutableArray<ClusterNode> nodes = [.. endpoints.Select((e, i) => new ClusterNode(i, e, driver!.CreateNode(e), peers[e.Region]))];
        var monitor = new TopologyMonitor(
            endpoints,
            i => nodes[i].Driver.CreateProbe(),
            new() { Interval = _options.MonitorInterval, ProbeTimeout = _options.ProbeTimeout },
            _time,
            random,
            logger);
        var scope = new RouteScope
        {
            Freshness = new Freshness(_options.MaxReplicaLag),
            ReadsMayUsePrimary = _options.ReadsMayUsePrimary,
            Caller = geography.Locate(_region, _zone),
            Here = geography.Locate(_region, _zone),
            CallerRegion = Spelling(_region),
            DeniedReads = geography.Denied(_readRule),
            DeniedWrites = geography.Denied(_writeRule),
        };
        var locality = new LocalitySettings
        {
            PerWeight = [.. _nodes.Select(n => (float)(1 / n.Weight))],
            ZoneCost = (float)_options.ZoneCost.TotalMicroseconds,
            RegionCost = (float)_options.RegionCost.TotalMicroseconds,
            Ordinal = _options.ClientOrdinal ?? random.Next(),
        };
        var selector = new NodeSelector(geography, locality, policy!, [.. nodes.Select(n => n.State)], _time);
        var limits = new OpenLimits { FailoverTimeout = _options.FailoverTimeout, MaxWaitingCalls = _options.MaxWaitingCalls };
        var cleanUp = new NodeCleanUp(_name, nodes, selector.Clock, logger);
        var teller = new EventTeller(_name, _onEvent, logger);
        var outliers = _options.EjectOutliers ? new OutlierWatch(
            _name, new(selector.States, selector.Clock, OutlierSettings.Default), monitor, teller, selector.Clock, _time, logger) : null;
        var audit = new RegionAudit(_name, _onRegionRefusal, logger);
        var opener = new ConnectionOpener(_name, driver!, nodes, monitor, selector, limits, audit, _time, logger, outliers);
        var patterns = _options.LearnPatterns ? Patterns(nodes, monitor, selector, scope, random, logger) : null;
        return new(opener, scope, monitor, cleanUp, teller, patterns, nodes, driver!.DescribeConnection(endpoints), _createConnection);
    }

    private PatternLoop Patterns(
        ImmutableArray<ClusterNode> nodes, TopologyMonitor monitor, NodeSelector selector, RouteScope scope, Random random, ILogger logger)
    {
        // A Random each: loop and warmer draw on threads of their own, and the one that was injected need not be thread-safe.
        var (forLoop, forWarmer) = (new Random(random.Next()), new Random(random.Next()));
        var optimiser = new PatternOptimiser(nodes.Select(n => n.Endpoint.Name), selector.States, _time);
        var file = _options.PatternFile is { } path ? new PatternFile(_name, Path.GetFullPath(path), _time, logger) : null;
        var warmer = new PreWarmer(_name, nodes, monitor, selector, scope, forWarmer, _time, logger);
        return new(_name, nodes, optimiser, file, warmer, monitor, forLoop, _time, logger);
    }

    private ImmutableArray<NodeEndpoint> Endpoints(int defaultPort, List<string> errors)
    {
        var endpoints = ImmutableArray.CreateBuilder<NodeEndpoint>();
        foreach (var node in _nodes)
        {
            if (NodeEndpoint.TryParse(node.Endpoint, defaultPort == 0 ? 1 : defaultPort, out var host, out var port))
            {
                endpoints.Add(new(host, port, node.Region, node.Zone, node.Name));
            }
            else
            {
                errors.Add($"The node '{node.Endpoint}' is not host or host:port with a port from 1 to 65535.");
            }
        }

        if (_nodes.Count == 0)
        {
            errors.Add("There are no nodes; call AddNode for each server.");
        }

        errors.AddRange(endpoints.GroupBy(e => (e.Host.ToUpperInvariant(), e.Port)).Where(g => g.Count() > 1)
            .Select(g => $"The node '{g.First().Host}:{g.First().Port}' was added {g.Count()} times; add it once."));
        errors.AddRange(endpoints.DistinctBy(e => (e.Host.ToUpperInvariant(), e.Port))
            .GroupBy(e => e.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1)
            .Select(g => $"{g.Count()} nodes are named '{g.Key}'; names must differ."));
        return endpoints.ToImmutable();
    }

    private void CheckPlaces(List<string> errors)
    {
        IEnumerable<(string Where, string Region)> named =
        [
            .. _readRule.Regions.Select(r => ("RestrictReads", r)),
            .. _writeRule.Regions.Select(r => ("RestrictWrites", r)),
            .. _region is null ? Array.Empty<(string, string)>() : [("LocatedIn", _region)],
        ];
        errors.AddRange(named.Where(n => _regions.Count > 0 && !_regions.Contains(n.Region)).Select(
            n => $"{n.Where} names '{n.Region}', a region without nodes; the nodes are in {string.Join(", ", _regions)}."));
        errors.AddRange(_nodes.Where(n => !(n.Weight > 0) || !double.IsFinite(n.Weight)).Select(
            n => $"The node '{n.Endpoint}' has the weight {n.Weight}; give it one greater than zero."));
        if (_regions.Count > Geography.MaxRegions || _nodes.Count > Router.MaxNodes)
        {
            errors.Add($"There are {_nodes.Count} nodes in {_regions.Count} regions; at most {Router.MaxNodes} in {Geography.MaxRegions} can be routed.");
        }
    }

    private RoutingPolicy? Policy(List<string> errors)
    {
        var policy = _policies.Find(p => string.Equals(p.Name, _options.Policy, StringComparison.OrdinalIgnoreCase));
        if (policy is null)
        {
            errors.Add($"Policy is '{_options.Policy}'; there are {string.Join(", ", _policies.Select(p => p.Name))}. Add one of your own with AddPolicy.");
        }

        return policy;
    }

    private string? Spelling(string? region) => region is not null && _regions.TryGetValue(region, out var spelt) ? spelt : region;
}
