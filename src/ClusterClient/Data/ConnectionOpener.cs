using System.Collections.Immutable;
using System.Data;
using System.Data.Common;
using ClusterClient.Diagnostics;
using ClusterClient.Drivers;
using ClusterClient.Health;
using ClusterClient.Routing;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>
/// Opens a connection to the node that the router chooses; waits for one where there is none, and goes on to another where opening
/// fails. Opening applies nothing, so it may always be tried again within the call's deadline.
/// </summary>
internal sealed class ConnectionOpener(
    string cluster,
    ClusterDriver driver,
    ImmutableArray<ClusterNode> nodes,
    TopologyMonitor monitor,
    RouteRequest template,
    OpenLimits limits,
    TimeProvider time,
    ILogger logger)
{
    private int _waiting;
    private uint _turn;

    public string Cluster => cluster;

    public ClusterDriver Driver => driver;

    public ClusterTopology Topology => monitor.Current;

    public OpenLimits Limits => limits;

    public TimeProvider Time => time;

    private ImmutableArray<NodeState> Health { get; } = [.. nodes.Select(n => n.State)];

    /// <remarks>
    /// Only reads take turns, so only they count: were writes to count as well, reads that alternate with them would all meet the same
    /// turn of two replicas.
    /// </remarks>
    public RouteRequest Request(RouteIntent intent) =>
        template with { Intent = intent, Turn = intent == RouteIntent.Read ? Interlocked.Increment(ref _turn) : 0 };

    public ClusterNode? Choose(in RouteRequest request, ClusterTopology topology) =>
        Router.Choose(request, topology, Health) is >= 0 and var index ? nodes[index] : null;

    public string Explain(in RouteRequest request) => RouteExplanation.Describe(request, Topology, Health, time);

    public async ValueTask<OpenedNode> OpenAsync(RouteIntent intent, CancellationToken cancellationToken)
    {
        monitor.Start();
        var attempt = new OpenAttempt(this, intent);
        while (true)
        {
            ThrowIfDisposed();
            cancellationToken.ThrowIfCancellationRequested();
            if (attempt.Choose() is not { } node)
            {
                await WaitForNodeAsync(attempt, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var native = node.Source.CreateConnection();
            node.State.Begin();
            try
            {
                var opening = native.OpenAsync(cancellationToken);
                if (!opening.IsCompletedSuccessfully)
                {
                    await WaitForOpenAsync(opening, native, node, attempt, cancellationToken).ConfigureAwait(false);
                }

                attempt.ThrowIfLeft(node);
                return new(node, native);
            }
            catch (Exception e)
            {
                node.State.End();
                if (native.State != ConnectionState.Connecting)
                {
                    await native.DisposeAsync().ConfigureAwait(false);
                }

                if ((e is OperationCanceledException && cancellationToken.IsCancellationRequested) || !attempt.GoesOnAfter(e, node))
                {
                    throw;
                }
            }

            if (attempt.Pause is { Ticks: > 0 } pause)
            {
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The same, blocking: the driver's own synchronous open, and waits that hold this thread and no other.</summary>
    public OpenedNode Open(RouteIntent intent)
    {
        monitor.Start();
        var attempt = new OpenAttempt(this, intent);
        while (true)
        {
            ThrowIfDisposed();
            if (attempt.Choose() is not { } node)
            {
                WaitForNode(attempt);
                continue;
            }

            var native = node.Source.CreateConnection();
            node.State.Begin();
            try
            {
                native.Open();
                attempt.ThrowIfLeft(node);
                return new(node, native);
            }
            catch (Exception e)
            {
                node.State.End();
                native.Dispose();
                if (!attempt.GoesOnAfter(e, node))
                {
                    throw;
                }
            }

            if (attempt.Pause is { Ticks: > 0 } pause)
            {
                Task.Delay(pause, time, CancellationToken.None).Wait(CancellationToken.None);
            }
        }
    }

    /// <summary>A call on an open connection to this node failed: says what it means, and has the node looked at where it asks for that.</summary>
    public void NoteFault(Exception exception, ClusterNode node, RouteIntent intent)
    {
        var fault = driver.Classify(exception);
        // A replica that refuses a write is right to: only a supposed primary comes into question by it.
        if (fault.QuestionsNode && (fault.Kind != Resilience.FaultKind.ReadOnly || intent == RouteIntent.Write))
        {
            monitor.Doubt(node.Index);
        }
    }

    /// <summary>Has the monitor look at the node now; nothing is doubted.</summary>
    public void LookAt(ClusterNode node) => monitor.LookAt(node.Index);

    public void NoteOpenFault(Exception exception, ClusterNode node)
    {
        Log.OpenFailed(logger, cluster, node.Endpoint.Name, exception);
        monitor.Doubt(node.Index);
    }

    private void ThrowIfDisposed()
    {
        if (monitor.IsStopped)
        {
            throw new ObjectDisposedException(cluster, $"The data source '{cluster}' was disposed.");
        }
    }

    // A place in the line is kept until there is a node, over however many changes that bring none.
    private async ValueTask WaitForNodeAsync(OpenAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            attempt.ThrowIfTooMany(Interlocked.Increment(ref _waiting));
            do
            {
                ThrowIfDisposed();
                attempt.ThrowIfContested();
                await attempt.Topology.Next.WaitAsync(attempt.Deadline.Remaining, time, cancellationToken).ConfigureAwait(false);
            }
            while (attempt.Choose() is null);
        }
        catch (TimeoutException)
        {
            throw attempt.Refuse();
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private void WaitForNode(OpenAttempt attempt)
    {
        try
        {
            attempt.ThrowIfTooMany(Interlocked.Increment(ref _waiting));
            do
            {
                ThrowIfDisposed();
                attempt.ThrowIfContested();
                if (!attempt.Topology.Next.Wait(attempt.Deadline.Remaining, CancellationToken.None))
                {
                    throw attempt.Refuse();
                }
            }
            while (attempt.Choose() is null);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    // A driver does not hear its token while it connects to a hung server, so the open is raced: against the caller's token, the
    // call's deadline, and the news that the node is not what was asked for any more.
    private async ValueTask WaitForOpenAsync(
        Task opening, DbConnection native, ClusterNode node, OpenAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            while (!opening.IsCompleted)
            {
                var topology = Topology;
                attempt.ThrowIfLeft(node, topology);
                await Task.WhenAny(opening, topology.Next)
                    .WaitAsync(attempt.Deadline.Remaining, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch when (!opening.IsCompleted)
        {
            _ = DisposeWhenOpenEndsAsync(opening, native);
            throw;
        }

        await opening.ConfigureAwait(false);
    }

    private static async Task DisposeWhenOpenEndsAsync(Task opening, DbConnection native)
    {
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await native.DisposeAsync().ConfigureAwait(false);
    }
}
