using System.Collections.Immutable;
using ClusterClient.Diagnostics;
using ClusterClient.Health;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>
/// Does at once what a change of the topology asks for: ends connections to nodes that are out of bounds or silent, drops pools whose
/// server was lost, and what is known of one that has come back, and sends those that wait for a node to look again.
/// </summary>
internal sealed class NodeCleanUp(string cluster, ImmutableArray<ClusterNode> nodes, HealthClock clock, ILogger logger)
{
    /// <summary>Null where nothing is measured.</summary>
    public ClusterMeter? Meter { get; init; }

    public Task RunAsync(ClusterTopology from, CancellationToken stop) => from.FollowAsync(
        (before, after) =>
        {
            foreach (var node in after.Nodes)
            {
                CleanUp(before.Nodes[node.Index], node, IsSucceeded(node, after) && !IsSucceeded(before.Nodes[node.Index], before));
            }
        },
        stop);

    // Whatever becomes of such a server, nothing that is under way on it can end well, and its end may have been lost on the way here.
    private static bool IsSucceeded(NodeDescription node, ClusterTopology topology) =>
        node is { WasWritable: true, Status: not NodeStatus.Online } && node.Epoch < topology.Epoch && topology.Primary is not null;

    private void CleanUp(NodeDescription before, NodeDescription after, bool isSucceeded)
    {
        var node = nodes[after.Index];
        if (after.RisenAt != before.RisenAt)
        {
            node.State.Forget(clock.From(after.RisenAt));
            node.State.Circuit?.Risen(clock.From(after.RisenAt));
        }

        if (after.Role != before.Role || after.Status != before.Status)
        {
            node.SendAway();
        }

        try
        {
            if (isSucceeded || (after.IsSilent && !before.IsSilent)
                || (after.Status != before.Status && after.Status is NodeStatus.Fenced or NodeStatus.Foreign or NodeStatus.Diverged))
            {
                // The pool last: what was ended and given back by then must not be handed out again.
                var ended = node.Release(after);
                node.Driver.ClearPool();
                if (ended > 0)
                {
                    Meter?.ConnectionsEnded(node.Index, ended);
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
}
