using System.Collections.Immutable;
using System.Data.Common;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>
/// A data source whose connections go where one intent wants them. Prepared once and cheap: it shares everything with the
/// <see cref="ClusterDataSource"/> that it comes from, and disposing it does nothing. Immutable and thread-safe.
/// </summary>
public sealed partial class ClusterDataSourceView : DbDataSource
{
    private readonly ConnectionOrigin _origin;

    internal ClusterDataSourceView(
        ConnectionOpener opener,
        RouteScope scope,
        RouteIntent intent,
        string connectionString,
        Func<ConnectionOrigin, ClusterConnection> createConnection) =>
        _origin = new(opener, scope, intent, connectionString, createConnection, opener.Hedges is { Policy.ByDefault: true });

    private ClusterDataSourceView(ConnectionOrigin origin) => _origin = origin;

    /// <summary>What nodes are chosen for.</summary>
    public RouteIntent Intent => _origin.Intent;

    /// <summary>The base connection string with all nodes and without the password; for display.</summary>
    public override string ConnectionString => Native?.ConnectionString ?? _origin.ConnectionString;

    /// <summary>
    /// The same for a caller in another region than this process: the user that it works for. Nodes of that region come first.
    /// </summary>
    /// <param name="region">The caller's region. One in which no node stands is far from all of them.</param>
    /// <param name="zone">The zone inside the region, or null.</param>
    public ClusterDataSourceView ForRegion(string region, string? zone = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(region);
        return With(_origin.OwnScope.For(region, zone, Geography));
    }

    /// <summary>
    /// The same under one more rule. Rules add up: a region serves only if every rule allows it, the data source's own included.
    /// </summary>
    /// <exception cref="ArgumentException">The rule names a region in which no node stands.</exception>
    public ClusterDataSourceView Within(RegionRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return rule.Regions.FirstOrDefault(r => !Geography.Knows(r)) is not { } unknown ? With(_origin.OwnScope.Within(rule, Geography))
            : throw new ArgumentException(
                $"The rule names the region '{unknown}', in which no node stands; the nodes are in {string.Join(", ", Geography.Regions)}.",
                nameof(rule));
    }

    /// <summary>
    /// The same with reads that are hedged, or are not, whatever <see cref="HedgingPolicy.ByDefault"/> says: a second replica is asked for
    /// one that takes unusually long. A command's or batch's own word goes before. See <see cref="HedgingPolicy"/> for which reads can be.
    /// </summary>
    public ClusterDataSourceView Hedged(bool isHedged = true) => new(_origin.With(isHedged));

    /// <summary>
    /// The same for one caller of many: a tenant, a job, an endpoint. Where a node has more to do than it can, callers take turns there, so
    /// that one which asks for much does not keep the others waiting. Cheap enough to be made for each request.
    /// </summary>
    /// <param name="key">Who it is. Calls without a key share one place.</param>
    /// <param name="weight">How many turns it has beside a caller of weight 1: 0.1 to 10.</param>
    public ClusterDataSourceView ForCaller(string key, double weight = 1)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        if (!(weight is >= CallerShare.LeastWeight and <= CallerShare.GreatestWeight))
        {
            throw new ArgumentOutOfRangeException(
                nameof(weight), weight, $"A caller's weight is between {CallerShare.LeastWeight} and {CallerShare.GreatestWeight}.");
        }

        return With(_origin.OwnScope with { Share = _origin.OwnScope.Share.For(key, weight) });
    }

    /// <summary>
    /// The same with another priority: where a node has more to do than it can, batch calls wait until no interactive one does.
    /// </summary>
    public ClusterDataSourceView WithPriority(CallPriority priority) => priority is CallPriority.Interactive or CallPriority.Batch
        ? With(_origin.OwnScope with { Share = _origin.OwnScope.Share with { Priority = priority } })
        : throw new ArgumentOutOfRangeException(nameof(priority), priority, "A call is interactive or batch.");

    /// <summary>
    /// The same for whoever the call is for that opens a connection: <paramref name="caller"/> is asked at each opening, in the caller's own context,
    /// and what it says goes before what this view says. So one view serves all callers, in a container for instance.
    /// </summary>
    /// <param name="caller">Says whom the present call is for; null for nobody in particular. Quick, thread-safe, and must not throw.</param>
    public ClusterDataSourceView ForEachCaller(Func<CallerContext?> caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new(_origin.With(caller));
    }

    /// <summary>
    /// Which node a call through this view would be given now, and for every other node why not: a line a node, for operators.
    /// </summary>
    /// <remarks>Of <see cref="ClusterDataSource.Auto"/> both: where it would write, and then where it would read.</remarks>
    public string Explain()
    {
        _origin.Opener.Start();
        return Intent == RouteIntent.Auto
            ? $"{Describe(RouteIntent.Write)}{Environment.NewLine}{Environment.NewLine}{Describe(RouteIntent.Read)}"
            : Describe(Intent);
    }

    private string Describe(RouteIntent intent)
    {
        var opener = _origin.Opener;
        var scope = _origin.Scope;
        return RouteExplanation.Describe(opener.Selector.Peek(scope, intent), scope, opener.Topology, opener.Selector, opener.Time);
    }

    /// <summary>
    /// What <see cref="Explain"/> says, as data: every node, in the order of the configuration, as a call through this view would see
    /// it now. At most one is chosen; of <see cref="ClusterDataSource.Auto"/> that is where it would write, as it does unless a command says otherwise.
    /// </summary>
    public ImmutableArray<RouteAssessment> Assess()
    {
        var opener = _origin.Opener;
        opener.Start();
        return RouteAssessor.Assess(opener.Selector.Peek(_origin.Scope, _origin.ForTransactions().Intent), opener.Topology, opener.Selector);
    }

    /// <summary>A closed connection; its node is chosen when it is opened.</summary>
    public new ClusterConnection CreateConnection() => _origin.CreateConnection();

    /// <summary>Opens a connection to the node that suits the intent best now.</summary>
    /// <exception cref="ClusterUnavailableException">No node could be had within the failover timeout.</exception>
    /// <exception cref="ClusterOverloadedException">The node has as much to do as it can, and too much waits for it.</exception>
    public new ClusterConnection OpenConnection()
    {
        var connection = CreateConnection();
        connection.Open();
        return connection;
    }

    /// <inheritdoc cref="OpenConnection"/>
    public new async ValueTask<ClusterConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        var connection = CreateConnection();
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        return connection;
    }

    private DbDataSource? Native => _origin.Opener.Schema.Native.Value;

    private Geography Geography => _origin.Opener.Selector.Geography;

    private ClusterDataSourceView With(RouteScope scope) => new(_origin.With(scope));

    /// <inheritdoc/>
    protected override DbBatch CreateDbBatch() => new DataSourceBatch(CreateConnection());

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => Native?.CreateConnection() ?? CreateConnection();

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => OpenConnection();

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
}
