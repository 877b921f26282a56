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
    /// <summary>The index of the chosen node, or -1.</summary>
    public static int Choose(in RouteRequest request, ClusterTopology topology, ImmutableArray<NodeState> health)
    {
        if (request.Intent == RouteIntent.Write)
        {
            return topology.Primary is { IsDoubted: false } primary ? primary.Index : -1;
        }

        var nodes = topology.Nodes.AsSpan();
        var states = health.AsSpan();
        var best = -1;
        var bestRank = int.MaxValue;
        var bestLoad = int.MaxValue;
        var at = (int)(request.Turn % (uint)nodes.Length);
        for (var i = 0; i < nodes.Length; i++)
        {
            // No rank is better than 0, so beside a node of that rank only one with less to do is worth judging: of many nodes
            // this leaves most unjudged.
            var load = states[at].InFlight;
            if (bestRank != 0 || load < bestLoad)
            {
                var rank = Rank(request, nodes[at]);
                if (rank < bestRank || (rank == bestRank && rank != int.MaxValue && load < bestLoad))
                {
                    (best, bestRank, bestLoad) = (at, rank, load);
                }
            }

            at = at + 1 == nodes.Length ? 0 : at + 1;
        }

        return best;
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
        request.Region is null || string.Equals(request.Region, node.Endpoint.Region, StringComparison.OrdinalIgnoreCase);
}
