using System.Diagnostics.Metrics;
using ClusterClient.Data;
using ClusterClient.Drivers;
using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterClient;

/// <summary>Collects what a <see cref="ClusterDataSource"/> needs: a driver, the nodes, and where this process runs.</summary>
/// <remarks>For one caller at a time. A builder may build several data sources; they share nothing.</remarks>
public sealed partial class ClusterDataSourceBuilder
{
    private readonly string _name;
    private readonly List<NodeSetting> _nodes = [];
    private readonly List<RoutingPolicy> _policies = [new LatencyScored(), new LeastInFlight(), new PowerOfTwo(), new RoundRobin(), new Nearest(), new HotCold()];
    private readonly ClusterOptions _options = new();

    // Each region in its first spelling: case does not matter in the configuration, and costs nothing when routing.
    private readonly HashSet<string> _regions = new(StringComparer.OrdinalIgnoreCase);
    private Func<string?, ClusterDriver>? _createDriver;
    private bool _takesConnectionString;
    private string? _connectionString;
    private Func<ConnectionOrigin, ClusterConnection> _createConnection = static origin => new ClusterConnection(origin);
    private Action<TopologyEvent>? _onEvent;
    private ILoggerFactory _loggerFactory = NullLoggerFactory.Instance;
    private IMeterFactory? _meters;
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
        Add(new(endpoint, region, zone, name, weight));
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

    /// <summary>
    /// What makes the meter <c>ClusterClient</c>, and ends it: a container's. Without one, the data source makes a meter of its own.
    /// </summary>
    public ClusterDataSourceBuilder UseMeterFactory(IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        _meters = meterFactory;
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
        _createDriver = _ => createDriver();
        _takesConnectionString = false;
        _createConnection = createConnection ?? _createConnection;
        return this;
    }

    /// <summary>The same for a driver that takes its connection string from the configuration of a cluster in a container.</summary>
    /// <param name="createDriver">Makes the driver of one data source; it is given the configured connection string, or null where there is none.</param>
    /// <param name="createConnection">Makes its connections, when they need a class of the adapter's own.</param>
    public ClusterDataSourceBuilder UseDriver(
        Func<string?, ClusterDriver> createDriver, Func<ConnectionOrigin, ClusterConnection>? createConnection = null)
    {
        ArgumentNullException.ThrowIfNull(createDriver);
        _createDriver = createDriver;
        _takesConnectionString = true;
        _createConnection = createConnection ?? _createConnection;
        return this;
    }

    /// <summary>A node of a configuration, which may be wrong in every way.</summary>
    internal void Add(NodeSetting node)
    {
        if (!string.IsNullOrWhiteSpace(node.Region))
        {
            _regions.Add(node.Region);
        }

        _nodes.Add(node with { Region = Spelling(node.Region) });
    }

    /// <summary>The connection string that is configured, for a driver that takes it.</summary>
    internal void SetConnectionString(string? connectionString) => _connectionString = connectionString;
}
