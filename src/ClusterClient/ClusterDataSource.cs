using System.Collections.Immutable;
using System.Data.Common;
using System.Runtime.CompilerServices;
using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Diagnostics;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient;

/// <summary>
/// A replication group as one data source: its connections go to the primary, wherever it is; those of <see cref="Reads"/> go to
/// replicas. Made by a <see cref="ClusterDataSourceBuilder"/>; one per database and process is meant.
/// </summary>
/// <remarks>Thread-safe. Disposing it ends monitoring and closes the pools of all nodes.</remarks>
public sealed partial class ClusterDataSource : DbDataSource
{
    private readonly ConnectionOpener _opener;
    private readonly TopologyMonitor _monitor;
    private readonly ImmutableArray<ClusterNode> _nodes;
    private readonly RouteScope _scope;
    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterMeter _meter;
    private readonly ClusterGauges _gauges;
    private readonly Task _cleaningUp;
    private readonly Task _watchingLosses;
    private readonly Task _watchingOutliers;
    private readonly CommitMarkers _markers;
    private readonly Task _pruning;
    private readonly PatternLoop? _patterns;
    private readonly Task _learning;

    internal ClusterDataSource(
        ConnectionOpener opener,
        RouteScope scope,
        TopologyMonitor monitor,
        NodeCleanUp cleanUp,
        EventTeller teller,
        LossWatch losses,
        ClusterMeter meter,
        ClusterGauges gauges,
        OutlierWatch? outliers,
        PatternLoop? patterns,
        ImmutableArray<ClusterNode> nodes,
        string connectionString,
        Func<ConnectionOrigin, ClusterConnection> createConnection,
        int seed)
    {
        _opener = opener;
        _monitor = monitor;
        _nodes = nodes;
        _scope = scope;
        Writes = new(opener, scope, RouteIntent.Write, connectionString, createConnection);
        Reads = new(opener, scope, RouteIntent.Read, connectionString, createConnection);
        Auto = new(opener, scope, RouteIntent.Auto, connectionString, createConnection);
        (_meter, _gauges) = (meter, gauges);
        _watchingLosses = losses.RunAsync(monitor.Current, _stop.Token);
        _cleaningUp = cleanUp.RunAsync(monitor.Current, _stop.Token);
        _watchingOutliers = outliers?.RunAsync(_stop.Token) ?? Task.CompletedTask;
        // Nobody waits for this one: it may be in the application's handler, and that may be what disposes this.
        _ = teller.RunAsync(monitor.Current, _stop.Token);
        _markers = new(Writes, opener, new Random(seed));
        _pruning = opener.Limits.Resolution == CommitResolution.ByMarker ? _markers.RunAsync(monitor.Started, _stop.Token) : Task.CompletedTask;
        _patterns = patterns;
        _learning = patterns?.RunAsync(_stop.Token) ?? Task.CompletedTask;
    }

    internal ConnectionOpener Opener => _opener;

    /// <summary>What the cluster is called.</summary>
    public string Name => _opener.Cluster;

    /// <summary>The base connection string with all nodes and without the password; for display.</summary>
    public override string ConnectionString => Writes.ConnectionString;

    /// <summary>The same cluster for writing, as this data source itself: to add a rule or a caller's region to.</summary>
    public ClusterDataSourceView Writes { get; }

    /// <summary>The same cluster for reading: its connections go to replicas that are fresh enough.</summary>
    public ClusterDataSourceView Reads { get; }

    /// <summary>
    /// The same cluster for both: each command of its connections goes to the primary, or to a replica where its <see cref="ClusterCommand.Intent"/> is
    /// <see cref="RouteIntent.Read"/>. A connection holds at most one of the driver's for each, opened when a command needs it. Transactions run
    /// on the primary, everything in them. What a connection has written, its reads show: until a replica is known to have it, they
    /// go to the primary.
    /// </summary>
    /// <remarks>
    /// Outside of transactions a session may be another from one command to the next: what belongs to a session, such as a setting or a temporary table,
    /// needs a transaction, or <see cref="Writes"/>.
    /// </remarks>
    public ClusterDataSourceView Auto { get; }

    /// <summary>
    /// What is known of every node now. <see cref="ClusterTopology.Next"/> of the snapshot completes with the next change, so a
    /// chain that is followed from here misses none.
    /// </summary>
    public ClusterTopology Topology
    {
        get
        {
            _monitor.Start();
            return _monitor.Current;
        }
    }

    /// <summary>A closed connection; it goes to whichever node is primary when it is opened.</summary>
    public new ClusterConnection CreateConnection() => Writes.CreateConnection();

    /// <summary>Opens a connection to the primary, waiting for one up to the failover timeout.</summary>
    /// <exception cref="ClusterUnavailableException">There was no primary in time; the message explains every node.</exception>
    public new ClusterConnection OpenConnection() => Writes.OpenConnection();

    /// <inheritdoc cref="OpenConnection"/>
    public new ValueTask<ClusterConnection> OpenConnectionAsync(CancellationToken cancellationToken = default) =>
        Writes.OpenConnectionAsync(cancellationToken);

    /// <summary>Starts monitoring and waits until a primary is known.</summary>
    /// <returns>The first snapshot that has a primary.</returns>
    /// <exception cref="ClusterUnavailableException">There was none within the failover timeout.</exception>
    public async Task<ClusterTopology> WaitUntilReadyAsync(CancellationToken cancellationToken = default)
    {
        var attempt = new OpenAttempt(_opener, _scope, RouteIntent.Write) { Deadline = new(_opener.Time, _opener.Limits.FailoverTimeout) };
        for (var topology = Topology; ;)
        {
            ObjectDisposedException.ThrowIf(_monitor.IsStopped, this);
            if (topology.Primary is not null)
            {
                return topology;
            }

            attempt.ThrowIfLoginRefused(topology);
            try
            {
                topology = await topology.Next.WaitAsync(attempt.Deadline.Remaining, _opener.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw attempt.Refuse();
            }
        }
    }

    /// <summary>
    /// The present snapshot, then each one that differs from the one before in a role, a status, an epoch or a doubt: none is
    /// missed, however slowly they are taken. Ends when the data source is disposed.
    /// </summary>
    public async IAsyncEnumerable<ClusterTopology> WatchTopologyAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var topology = Topology; ;)
        {
            yield return topology;
            var next = await topology.Next.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_monitor.IsStopped)
            {
                yield break;
            }

            topology = next;
        }
    }

    /// <summary>
    /// Which node a call with this intent would be given now, and for every other node why not: a line a node, for operators.
    /// </summary>
    public string Explain(RouteIntent intent) => intent switch
    {
        RouteIntent.Write => Writes.Explain(),
        RouteIntent.Read => Reads.Explain(),
        RouteIntent.Auto => Auto.Explain(),
        _ => throw new ArgumentOutOfRangeException(nameof(intent), intent, "There is no such intent."),
    };

    /// <summary>
    /// What was learnt of each node's week and whether it is used: a line a node, for operators. Says so when
    /// <see cref="ClusterOptions.LearnPatterns"/> is off.
    /// </summary>
    public string ExplainPatterns() => _patterns?.Explain() ?? $"patterns of {Name} are not learnt: LearnPatterns is off";

    /// <summary>
    /// Has no new connection opened to a node, by reads or writes, until <see cref="ResetAsync"/>: for a server that an operator wants left
    /// alone. Connections that are open go on, the monitor goes on looking, and a write waits while the primary is isolated.
    /// </summary>
    /// <param name="node">Its name, as in <see cref="Explain"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the node may be isolated all the same.</param>
    /// <returns>Done when it holds for every decision from then on.</returns>
    /// <exception cref="ArgumentException">There is no such node; the message lists those that there are.</exception>
    /// <exception cref="ObjectDisposedException">The data source was disposed.</exception>
    public Task IsolateAsync(string node, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_monitor.IsStopped, this);
        return _opener.Circuits.IsolateAsync(node, cancellationToken);
    }

    /// <summary>
    /// Closes a node's circuit, so that it is used like any other at once: one that was isolated, or one that is open and whose trial an
    /// operator does not want to wait for.
    /// </summary>
    /// <param name="node">Its name, as in <see cref="Explain"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the circuit may be closed all the same.</param>
    /// <returns>Done when it holds for every decision from then on.</returns>
    /// <exception cref="ArgumentException">There is no such node; the message lists those that there are.</exception>
    /// <exception cref="ObjectDisposedException">The data source was disposed.</exception>
    public Task ResetAsync(string node, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_monitor.IsStopped, this);
        return _opener.Circuits.ResetAsync(node, cancellationToken);
    }

    /// <summary>
    /// Makes the table that <see cref="CommitResolution.ByMarker"/> needs, <c>clusterclient_commits</c>, where it is not there yet: in the first
    /// schema of the role's search path, which has to be the same for all that commit. To be called once, by a role that may create tables; or
    /// make it in a migration of your own. All that commit need the right to select, insert and delete.
    /// </summary>
    /// <exception cref="NotSupportedException">The driver cannot find out what became of commits.</exception>
    public Task CreateCommitMarkersAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_monitor.IsStopped, this);
        return _opener.Driver.Commits is not null ? _markers.CreateAsync(cancellationToken)
            : throw new NotSupportedException($"The driver of {Name} gives no way to find out what became of a commit.");
    }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => ((DbDataSource)Writes).CreateConnection();

    /// <inheritdoc/>
    protected override DbBatch CreateDbBatch() => Writes.CreateBatch();

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection() => OpenConnection();

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask DisposeAsyncCore()
    {
        if (_monitor.IsStopped)
        {
            return;
        }

        await _monitor.DisposeAsync().ConfigureAwait(false);
        _opener.Stop();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _cleaningUp.ConfigureAwait(false);
        await _watchingLosses.ConfigureAwait(false);
        await _watchingOutliers.ConfigureAwait(false);
        await _learning.ConfigureAwait(false);
        await _pruning.ConfigureAwait(false);
        foreach (var node in _nodes)
        {
            await node.Driver.DisposeAsync().ConfigureAwait(false);
        }

        _gauges.Dispose();
        _meter.Dispose();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // The one place that waits for asynchronous work: IDisposable leaves no other way, and nothing here needs this thread.
            Task.Run(async () => await DisposeAsyncCore().ConfigureAwait(false)).Wait(CancellationToken.None);
        }
    }
}
