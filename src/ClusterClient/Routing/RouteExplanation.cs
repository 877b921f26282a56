using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>Writes a decision down in words: a line that sums up the view, then a line a node with what speaks for or against it.</summary>
internal static class RouteExplanation
{
    public static string Describe(
        in RouteRequest request, ClusterTopology topology, ImmutableArray<NodeState> health, TimeProvider time)
    {
        var chosen = Router.Choose(request, topology, health);
        var now = time.GetTimestamp();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{(request.Intent == RouteIntent.Write ? "write" : "read")}");
        text.Append(CultureInfo.InvariantCulture, $"{(request.Region is null ? "" : $" from {request.Region}")} -> ");
        text.Append(chosen < 0 ? "no node" : topology.Nodes[chosen].Endpoint.Name);
        text.Append(CultureInfo.InvariantCulture, $"; epoch {topology.Epoch}, primary {Primary(topology)}, view {Age(topology, now, time)}");
        var width = topology.Nodes.Max(n => n.Endpoint.Name.Length);
        var regionWidth = topology.Nodes.Max(n => n.Endpoint.Region.Length);
        foreach (var node in topology.Nodes)
        {
            text.AppendLine();
            text.Append("  ").Append(node.Endpoint.Name.PadRight(width));
            text.Append("  ").Append(node.Endpoint.Region.PadRight(regionWidth));
            text.Append("  ").Append($"{node.Role}".ToLowerInvariant().PadRight(7));
            text.Append(CultureInfo.InvariantCulture, $"  epoch {node.Epoch}  in flight {health[node.Index].InFlight}  ");
            text.Append(node.Index == chosen ? "chosen" : Reason(request, node, chosen, topology));
        }

        return text.ToString();
    }

    private static string Primary(ClusterTopology topology)
    {
        if (topology.Primary is { } primary)
        {
            return primary.Endpoint.Name;
        }

        var contested = topology.Nodes.Where(n => n.Status == NodeStatus.Contested).Select(n => n.Endpoint.Name).ToArray();
        return contested.Length == 0 ? "unknown" : "contested by " + string.Join(" and ", contested);
    }

    private static string Age(ClusterTopology topology, long now, TimeProvider time)
    {
        var seen = topology.Nodes.Max(n => n.SeenAt);
        return seen == 0 ? "empty: no node has answered yet" : string.Create(
            CultureInfo.InvariantCulture, $"{time.GetElapsedTime(seen, now).TotalMilliseconds:0} ms old");
    }

    private static string Reason(in RouteRequest request, NodeDescription node, int chosen, ClusterTopology topology) =>
        Router.Judge(request, node) switch
        {
            RouteVerdict.NotOnline => $"{node.Status}".ToLowerInvariant() + (node.Reason is null ? "" : ": " + node.Reason),
            RouteVerdict.NotPrimary => "not the primary",
            RouteVerdict.PrimaryNotForReads => "primary, and reads are kept off it",
            RouteVerdict.TooStale => string.Create(
                CultureInfo.InvariantCulture,
                $"too stale: {node.Lag!.Value.TotalMilliseconds:0} ms behind, {request.Freshness.MaxLag.TotalMilliseconds:0} ms allowed"),
            RouteVerdict.Doubted => "doubted: a call has just met a fault there",
            RouteVerdict.LastResort => "primary: for reads only when no replica can serve them",
            _ when chosen >= 0 && topology.Nodes[chosen].Endpoint.Region != node.Endpoint.Region && request.Region is not null
                => "fit, but farther away",
            _ => "fit, but no less busy",
        };
}
