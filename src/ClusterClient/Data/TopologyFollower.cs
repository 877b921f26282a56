using System.Collections.Immutable;
using ClusterClient.Diagnostics;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>
/// Follows the topology change by change and does what each asks for: ends connections to nodes that are out of bounds or silent,
/// drops pools whose server was lost, logs, and tells the application's handler.
/// </summary>
internal sealed class TopologyFollower(
    string cluster, ImmutableArray<ClusterNode> nodes, Action<TopologyEvent>? handler, ILogger logger)
{
    public async Task RunAsync(ClusterTopology from, CancellationToken stop)
    {
        try
        {
            for (var before = from; ;)
            {
                var after = await before.Next.WaitAsync(stop).ConfigureAwait(false);
                if (after == before)
                {
                    return;
                }

                foreach (var node in after.Nodes)
                {
                    CleanUp(before.Nodes[node.Index], node);
                }

                foreach (var happened in TopologyDifference.Between(before, after))
                {
                    Tell(happened);
                }

                before = after;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private void CleanUp(NodeDescription before, NodeDescription after)
    {
        var node = nodes[after.Index];
        try
        {
            if (after.Status != before.Status && after.Status is NodeStatus.Silent or NodeStatus.Fenced or NodeStatus.Foreign or NodeStatus.Diverged)
            {
                // The pool first: what is ended below must not be handed out again.
                node.Driver.ClearPool();
                var ended = node.Open.Snapshot().Count(node.Driver.TryAbort);
                if (ended > 0)
                {
                    Log.ConnectionsEnded(logger, cluster, ended, node.Endpoint.Name, after.Reason ?? "it was lost");
                }
            }
            else if ((after.Session != before.Session && before.Session != 0)
                || (after.Status == NodeStatus.Unreachable && before.Status != NodeStatus.Unreachable))
            {
                // The server went away, perhaps for a moment only: what the pool holds is dead. Calls that run on such
                // connections hear it from their own sockets.
                node.Driver.ClearPool();
            }
        }
#pragma warning disable CA1031 // One node's trouble must not keep the others from being cleaned up.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.CleanUpFault(logger, cluster, node.Endpoint.Name, e);
        }
    }

    private void Tell(TopologyEvent happened)
    {
        switch (happened.Kind)
        {
            case TopologyEventKind.PrimaryFound or TopologyEventKind.NodeOnline:
                Log.TopologyChanged(logger, cluster, happened.Message);
                break;
            case TopologyEventKind.PrimaryLost or TopologyEventKind.NodeLost:
                Log.TopologyWorsened(logger, cluster, happened.Message);
                break;
            default:
                Log.TopologyIncoherent(logger, cluster, happened.Message);
                break;
        }

        try
        {
            handler?.Invoke(happened);
        }
#pragma warning disable CA1031 // The application's handler may throw whatever it likes; the cluster is followed all the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.HandlerFault(logger, cluster, e);
        }
    }
}
