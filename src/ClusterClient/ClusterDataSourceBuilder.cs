using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Drivers;
using ClusterClient.Routing;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterClient;

/// <summary>Collects what a <see cref="ClusterDataSource"/> needs: a driver, the nodes, and where this process runs.</summary>
/// <remarks>For one caller at a time. A builder may build several data sources; they share nothing.</remarks>
public sealed class ClusterDataSourceBuilder
{
    private readonly string _name;
    private readonly List<(string Endpoint, string Region, string? Zone, string? Name)> _nodes = [];
    private readonly ClusterOptions _options = new();

    // Each region in its first spelling: case does not matter in the configuration, and costs nothing when routing.
    private readonly HashSet<string> _regions = new(StringComparer.OrdinalIgnoreCase);
    private Func<ClusterDriver>? _createDriver;
    private Func<ConnectionOrigin, ClusterConnection> _createConnection = static origin => new ClusterConnection(origin);
    private Action<TopologyEvent>? _onEvent;
    private ILoggerFactory _loggerFactory = NullLoggerFactory.Instance;
    private TimeProvider _time = TimeProvider.System;
    private Random? _random;
    private string? _region;

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
    public ClusterDataSourceBuilder AddNode(string endpoint, string region, string? zone = null, string? name = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(endpoint);
        ArgumentException.ThrowIfNullOrWhiteSpace(region);
        _regions.Add(region);
        _nodes.Add((endpoint, Spelling(region)!, zone, name));
        return this;
    }

    /// <summary>Says where this process runs: reads prefer replicas of the same region.</summary>
    /// <param name="region">The region's name, as given to the nodes.</param>
    /// <param name="zone">The zone inside the region. Not used for routing yet.</param>
    [SuppressMessage("Style", "IDE0060", Justification = "Part of the configuration from the start, so that applications need not change.")]
    public ClusterDataSourceBuilder LocatedIn(string region, string? zone = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(region);
        _region = region;
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
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(
                $"The data source '{_name}' cannot be built:{string.Concat(errors.Select(e => $"{Environment.NewLine}- {e}"))}");
        }

        var logger = _loggerFactory.CreateLogger("ClusterClient");
        ImmutableArray<ClusterNode> nodes = [.. endpoints.Select((e, i) => new ClusterNode(i, e, driver!.CreateNode(e)))];
        var monitor = new TopologyMonitor(
            endpoints,
            i => nodes[i].Driver.CreateProbe(),
            new() { Interval = _options.MonitorInterval, ProbeTimeout = _options.ProbeTimeout },
            _time,
            _random ?? new Random(),
            logger);
        var template = new RouteRequest
        {
            Intent = RouteIntent.Write,
            Freshness = new Freshness(_options.MaxReplicaLag),
            Region = Spelling(_region),
            ReadsMayUsePrimary = _options.ReadsMayUsePrimary,
        };
        var limits = new OpenLimits { FailoverTimeout = _options.FailoverTimeout, MaxWaitingCalls = _options.MaxWaitingCalls };
        var opener = new ConnectionOpener(_name, driver!, nodes, monitor, template, limits, _time, logger);
        var cleanUp = new NodeCleanUp(_name, nodes, logger);
        var teller = new EventTeller(_name, _onEvent, logger);
        return new(opener, monitor, cleanUp, teller, nodes, driver!.DescribeConnection(endpoints), _createConnection);
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
        if (_region is not null && _regions.Count > 0 && !_regions.Contains(_region))
        {
            errors.Add($"LocatedIn('{_region}') names a region without nodes; the nodes are in {string.Join(", ", _regions)}.");
        }

        return endpoints.ToImmutable();
    }

    private string? Spelling(string? region) => region is not null && _regions.TryGetValue(region, out var spelt) ? spelt : region;
}
