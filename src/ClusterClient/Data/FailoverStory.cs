using System.Collections.Immutable;
using ClusterClient.Diagnostics;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>Tells the log when writes go on after a primary was lost: with the first that is acknowledged. Thread-safe.</summary>
/// <param name="cluster">The data source's name.</param>
/// <param name="nodes">Its nodes.</param>
/// <param name="current">The newest snapshot.</param>
/// <param name="time">Only its timestamps matter.</param>
/// <param name="logger">Where it is told.</param>
internal sealed class FailoverStory(string cluster, ImmutableArray<ClusterNode> nodes, Func<ClusterTopology> current, TimeProvider time, ILogger logger)
{
    private Loss? _loss;

    public void Follow(TopologyEvent happened)
    {
        if (happened is not { Kind: TopologyEventKind.PrimaryLost, Node: { } lost })
        {
            return;
        }

        // Whoever it will be, before it is known: the first write must not come before anybody listens.
        Volatile.Write(ref _loss, new(lost.Endpoint.Name, time.GetTimestamp()));
        foreach (var node in nodes)
        {
            node.State.Writes.OnWrite = () => Written(node);
        }
    }

    // One that the lost primary had acknowledged on its way here is not the one.
    private void Written(ClusterNode node)
    {
        if (current().Primary?.Index != node.Index || Interlocked.Exchange(ref _loss, null) is not { } loss)
        {
            return;
        }

        foreach (var each in nodes)
        {
            each.State.Writes.OnWrite = null;
        }

        Log.WritesResumed(logger, cluster, node.Endpoint.Name, time.GetElapsedTime(loss.At).TotalMilliseconds, loss.Node);
    }

    private sealed record Loss(string Node, long At);
}
