using System.Collections.Immutable;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
using ClusterClient.Diagnostics;
using ClusterClient.Drivers;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>
/// Opens a connection to the node that the router chooses; waits for one where there is none, and goes on to another where opening
/// fails. Opening applies nothing, so it may always be tried again within the call's deadline.
/// </summary>
internal sealed partial class ConnectionOpener(
    string cluster,
    ClusterDriver driver,
    ImmutableArray<ClusterNode> nodes,
    TopologyMonitor monitor,
    NodeSelector selector,
    OpenLimits limits,
    RegionAudit audit,
    TimeProvider time,
    ILogger logger,
    RetryPipeline retries,
    CircuitWatch circuits)
{
    private OpenLimits _limits = limits;
    private int _waiting;

    public string Cluster => cluster;

    public ClusterDriver Driver => driver;

    public ImmutableArray<ClusterNode> Nodes => nodes;

    /// <summary>How many calls wait for a node.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public ClusterTopology Topology => monitor.Current;

    /// <summary>What holds for calls that begin now. Setting it holds for those of views that were made before too.</summary>
    public OpenLimits Limits
    {
        get => Volatile.Read(ref _limits);
        set => Volatile.Write(ref _limits, value);
    }

    public RegionAudit Audit => audit;

    public TimeProvider Time => time;

    public NodeSelector Selector => selector;

    public HealthClock Clock => selector.Clock;

    public ILogger Logger => logger;

    public RetryPipeline Retries => retries;

    /// <summary>Null where no read is ever hedged.</summary>
    public HedgePipeline? Hedges { get; init; }

    /// <summary>Null where nothing is measured.</summary>
    public ClusterMeter? Meter { get; init; }

    /// <summary>Null where nothing is measured.</summary>
    public ConventionMetrics? Conventions { get; init; }

    /// <summary>Null where nobody wants to know what a failover loses.</summary>
    public CommitLedger? Ledger { get; init; }

    public CircuitWatch Circuits => circuits;

    public SchemaChanges Schema { get; } = new(nodes, monitor, time);

    public bool IsStopped => monitor.IsStopped;

    public void Start() => monitor.Start();

    /// <summary>The monitor has stopped: sends all that wait for their turn away.</summary>
    public void Stop()
    {
        foreach (var node in nodes)
        {
            node.SendAway();
        }
    }

    public ClusterNode? Choose(in RouteRequest request, ClusterTopology topology) =>
        selector.Choose(request, topology) is >= 0 and var index ? nodes[index] : null;

    public ValueTask<OpenedNode> OpenAsync(
        RouteScope scope, RouteIntent intent, CancellationToken cancellationToken, MoveFrom? from = null) => ClusterActivity.IsWatched
        ? OpenTracedAsync(scope, intent, cancellationToken, from)
        : OpenAsync(scope, intent, from, span: null, cancellationToken);

    private async ValueTask<OpenedNode> OpenAsync(
        RouteScope scope, RouteIntent intent, MoveFrom? from, Activity? span, CancellationToken cancellationToken)
    {
        monitor.Start();
        var attempt = new OpenAttempt(this, scope, intent, from) { Span = span };
        while (true)
        {
            ThrowIfDisposed();
            cancellationToken.ThrowIfCancellationRequested();
            var admission = attempt.Choose() ?? await WaitForNodeAsync(attempt, cancellationToken).ConfigureAwait(false);
            var node = admission.Node;
            if (attempt.IsOverBudget(node))
            {
                admission.GiveUp();
                await Task.Delay(attempt.PauseOverBudget(), time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var began = Clock.Now;
            if (!admission.TryBeginOpen(began) && !attempt.TryElsewhere(ref admission, began))
            {
                attempt.ThrowIfOnly(node);
                if (await WaitForTurnAsync(node, attempt, cancellationToken).ConfigureAwait(false) is not { } admitted)
                {
                    continue;
                }

                began = admitted;
            }

            node = admission.Node;
            DbConnection? native = null;
            Activity? connecting = null;
            var passes = false;
            try
            {
                native = node.Source.CreateConnection();
                if (node.Driver.WillConnect == true)
                {
                    connecting = ClusterSpans.Connect(this, node);
                    await PassGateAsync(node, attempt, cancellationToken).ConfigureAwait(false);
                    passes = true;
                }

                var opening = NameOf(attempt) is { } name
                    ? OpenAsync(native, name, cancellationToken) : native.OpenAsync(cancellationToken);
                if (!opening.IsCompletedSuccessfully)
                {
                    await WaitForOpenAsync(opening, native, node, passes, attempt, cancellationToken).ConfigureAwait(false);
                }

                attempt.ThrowIfLeft(node);
                node.State.Opened(began);
                Opened(attempt, admission, began);
                return new(node, native, admission.Trial);
            }
            catch (Exception e)
            {
                connecting.Fails(e);
                attempt.Failed(e, admission, began);
                if (native is not null && native.State != ConnectionState.Connecting)
                {
                    await native.DisposeAsync().ConfigureAwait(false);
                }

                if ((e is OperationCanceledException && cancellationToken.IsCancellationRequested) || !attempt.GoesOnAfter(e, node))
                {
                    throw;
                }
            }
            finally
            {
                connecting?.Dispose();
                if (passes)
                {
                    node.Connects.Exit(Clock.Now);
                }
            }

            if (attempt.Pause is { Ticks: > 0 } pause)
            {
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The same, blocking: the driver's own synchronous open, and waits that hold this thread and no other.</summary>
    public OpenedNode Open(RouteScope scope, RouteIntent intent, MoveFrom? from = null) => ClusterActivity.IsWatched
        ? OpenTraced(scope, intent, from)
        : Open(scope, intent, from, span: null);

    private OpenedNode Open(RouteScope scope, RouteIntent intent, MoveFrom? from, Activity? span)
    {
        monitor.Start();
        var attempt = new OpenAttempt(this, scope, intent, from) { Span = span };
        while (true)
        {
            ThrowIfDisposed();
            var admission = attempt.Choose() ?? WaitForNode(attempt);
            var node = admission.Node;
            if (attempt.IsOverBudget(node))
            {
                admission.GiveUp();
                Task.Delay(attempt.PauseOverBudget(), time, CancellationToken.None).Wait(CancellationToken.None);
                continue;
            }

            var began = Clock.Now;
            if (!admission.TryBeginOpen(began) && !attempt.TryElsewhere(ref admission, began))
            {
                attempt.ThrowIfOnly(node);
                if (WaitForTurn(node, attempt) is not { } admitted)
                {
                    continue;
                }

                began = admitted;
            }

            node = admission.Node;
            DbConnection? native = null;
            Activity? connecting = null;
            var passes = false;
            try
            {
                native = node.Source.CreateConnection();
                if (node.Driver.WillConnect == true)
                {
                    connecting = ClusterSpans.Connect(this, node);
                    PassGate(node, attempt);
                    passes = true;
                }

                var name = NameOf(attempt);
                if (node.Driver.HasIdle == true && name is null)
                {
                    native.Open();
                }
                else
                {
                    BlockingOpen.Run(native, name, node, this, attempt);
                }

                attempt.ThrowIfLeft(node);
                node.State.Opened(began);
                Opened(attempt, admission, began);
                return new(node, native, admission.Trial);
            }
            catch (Exception e)
            {
                connecting.Fails(e);
                attempt.Failed(e, admission, began);
                if (native is not null && native.State != ConnectionState.Connecting)
                {
                    native.Dispose();
                }

                if (!attempt.GoesOnAfter(e, node))
                {
                    throw;
                }
            }
            finally
            {
                connecting?.Dispose();
                if (passes)
                {
                    node.Connects.Exit(Clock.Now);
                }
            }

            if (attempt.Pause is { Ticks: > 0 } pause)
            {
                Task.Delay(pause, time, CancellationToken.None).Wait(CancellationToken.None);
            }
        }
    }
}
