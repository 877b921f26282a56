using System.Collections.Immutable;
using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>
/// Chooses a node for a request: filters, then a pick. Pure: one snapshot, no IO, no clock, no lock, nothing allocated.
/// </summary>
/// <remarks>
/// Writes: the primary, unless it is doubted; then the caller waits for the look that settles it. Reads: among the replicas that
/// are fresh enough those of the caller's region before others, of these the one with the fewest connections of this process in
/// flight, equals in turn. When no replica can serve, the primary, where that is allowed. When every coherent node is doubted, a
/// doubted one rather than none; never one with the wrong role or history.
/// </remarks>
internal static class Router
{
    /// <summary>So many equals take turns; those beyond get theirs once the others are busier.</summary>
    private const int MaxEquals = 128;

    /// <summary>The index of the chosen node, or -1.</summary>
    public static int Choose(in RouteRequest request, ClusterTopology topology, ImmutableArray<NodeState> health)
    {
        if (request.Intent == RouteIntent.Write)
        {
            return topology.Primary is { IsDoubted: false } primary ? primary.Index : -1;
        }

        var nodes = topology.Nodes.AsSpan();
        var states = health.AsSpan();
        var bestRank = int.MaxValue;
        var bestLoad = int.MaxValue;
        Span<ushort> equals = stackalloc ushort[MaxEquals];
        var count = 0;
        for (var i = 0; i < nodes.Length; i++)
        {
            // No rank is better than 0, so beside a node of that rank a busier one is not worth judging.
            var load = states[i].InFlight;
            if (bestRank == 0 && load > bestLoad)
            {
                continue;
            }

            var rank = Rank(request, nodes[i]);
            if (rank > bestRank || rank == int.MaxValue)
            {
                continue;
            }

            if (rank < bestRank || load < bestLoad)
            {
                (bestRank, bestLoad, count) = (rank, load, 0);
            }

            if (load == bestLoad && count < MaxEquals)
            {
                equals[count++] = (ushort)i;
            }
        }

        // The turn counts among the equals alone: starting at the turn's node and taking the next that fits would give whoever
        // stands behind a node that does not fit that one's turns as well.
        return count == 0 ? -1 : equals[(int)(request.Turn % (uint)count)];
    }

    /// <summary>Whether a connection that is being opened to this node, or was just opened, is still what was asked for.</summary>
    public static bool StillFits(in RouteRequest request, NodeDescription node) => request.Intent == RouteIntent.Write
        ? node.Role == NodeRole.Primary
        : node.Status == NodeStatus.Online;

    /// <summary>Whether nothing may be sent to the node any more, not even over a connection that is open.</summary>
    public static bool IsOutOfBounds(RouteIntent intent, NodeStatus status) =>
        status is NodeStatus.Fenced or NodeStatus.Foreign or NodeStatus.Diverged
        || (status == NodeStatus.Contested && intent == RouteIntent.Write);

    public static RouteVerdict Judge(in RouteRequest request, NodeDescription node)
    {
        if (node.Status != NodeStatus.Online)
        {
            return RouteVerdict.NotOnline;
        }

        if (request.Intent == RouteIntent.Write)
        {
            return node.Role != NodeRole.Primary ? RouteVerdict.NotPrimary
                : node.IsDoubted ? RouteVerdict.Doubted
                : RouteVerdict.Eligible;
        }

        if (node.Role == NodeRole.Primary && !request.ReadsMayUsePrimary)
        {
            return RouteVerdict.PrimaryNotForReads;
        }

        if (node.Role == NodeRole.Replica && !request.Freshness.Admits(node))
        {
            return RouteVerdict.TooStale;
        }

        return node.IsDoubted ? RouteVerdict.Doubted
            : node.Role == NodeRole.Primary ? RouteVerdict.LastResort
            : RouteVerdict.Eligible;
    }

    private static int Rank(in RouteRequest request, NodeDescription node) => Judge(request, node) switch
    {
        RouteVerdict.Eligible => InRegion(request, node) ? 0 : 1,
        RouteVerdict.LastResort => 2,
        RouteVerdict.Doubted => node.Role == NodeRole.Replica ? 3 : 4,
        _ => int.MaxValue,
    };

    private static bool InRegion(in RouteRequest request, NodeDescription node) =>
        request.Region is null || request.Region == node.Endpoint.Region;
}
