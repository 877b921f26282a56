using System.Collections.Immutable;
using System.Data.Common;
using ClusterClient.Diagnostics;
using ClusterClient.Routing;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>
/// Fills the nodes' pools ahead of a load: opens connections, two at a time and gently, holds them until there are enough, and gives
/// them back. Nothing depends on it, so whatever fails is left at that.
/// </summary>
/// <remarks>What it opens is no load: neither counts it as in flight nor does anything it meets tell of the node's health.</remarks>
internal sealed class PreWarmer(
    string cluster,
    ImmutableArray<ClusterNode> nodes,
    TopologyMonitor monitor,
    NodeSelector selector,
    RouteScope scope,
    Random jitter,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Longer than an open takes that is worth having.</summary>
    public static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Between two and two: at least, and up to as much more again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether calls of this data source may come to the node, now and by the region rules.</summary>
    public bool MayServe(int node)
    {
        ref readonly var slot = ref selector.View(monitor.Current).Slots[node];
        var (reads, writes) = (selector.Peek(scope, RouteIntent.Read), selector.Peek(scope, RouteIntent.Write));
        return !slot.IsDoubted && slot.Role switch
        {
            NodeRole.Primary => !writes.Denies(slot) || (reads.ReadsMayUsePrimary && !reads.Denies(slot)),
            NodeRole.Replica => !reads.Denies(slot),
            _ => false,
        };
    }

    /// <summary>Prepares nodes for so many requests at a time, one node after the other.</summary>
    public async Task WarmAsync(IReadOnlyList<(int Node, double Concurrency)> targets, CancellationToken stop)
    {
        foreach (var (node, concurrency) in targets)
        {
            await WarmAsync(nodes[node], concurrency, stop).ConfigureAwait(false);
        }
    }

    private async Task WarmAsync(ClusterNode node, double concurrency, CancellationToken stop)
    {
        var before = monitor.Current.Nodes[node.Index];
        var count = PreWarmPlan.Count(concurrency, node.State.Connections, node.Driver.PoolLimit, before);
        List<DbConnection> held = [];
        try
        {
            while (held.Count < count && !stop.IsCancellationRequested && MayServe(node.Index) && HasRoom(node))
            {
                var opened = await Task.WhenAll(
                    Enumerable.Range(0, Math.Min(PreWarmPlan.AtOnce, count - held.Count)).Select(_ => OpenAsync(node, stop))).ConfigureAwait(false);
                held.AddRange(opened.OfType<DbConnection>());
                if (opened.Contains(null))
                {
                    break;
                }

                await Task.Delay(Pause * (1 + jitter.NextDouble()), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            foreach (var native in held)
            {
                await native.DisposeAsync().ConfigureAwait(false);
            }

            GiveUpIfLeft(node, before);
        }

        if (held.Count > 0)
        {
            Log.PreWarmed(logger, cluster, held.Count, node.Endpoint.Name);
        }
    }

    // Other processes may be doing the same in this moment.
    private bool HasRoom(ClusterNode node) =>
        PreWarmPlan.Spare(monitor.Current.Nodes[node.Index]) is not { } spare || spare / 2 >= PreWarmPlan.AtOnce;

    private async Task<DbConnection?> OpenAsync(ClusterNode node, CancellationToken stop)
    {
        try
        {
            var native = node.Source.CreateConnection();
            var opening = native.OpenAsync(stop);
            try
            {
                await opening.WaitAsync(OpenTimeout, time, stop).ConfigureAwait(false);
                return native;
            }
            catch
            {
                _ = ConnectionOpener.DisposeWhenOpenEndsAsync(opening, native);
                throw;
            }
        }
#pragma warning disable CA1031 // Whoever needs the connection will meet the same, and be told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!stop.IsCancellationRequested)
            {
                Log.PreWarmFailed(logger, cluster, node.Endpoint.Name, e);
            }

            return null;
        }
    }

    // A connection that came to be between the clearing of a pool and now would survive what the others had to die for.
    private void GiveUpIfLeft(ClusterNode node, NodeDescription before)
    {
        var now = monitor.Current.Nodes[node.Index];
        if (now.Status != before.Status || now.Session != before.Session)
        {
            node.Driver.ClearPool();
        }
    }
}
