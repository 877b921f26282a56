namespace ClusterClient.Topology;

/// <summary>Tells what happened between two snapshots that follow one another.</summary>
internal static class TopologyDifference
{
    public static IEnumerable<TopologyEvent> Between(ClusterTopology before, ClusterTopology after)
    {
        foreach (var node in after.Nodes)
        {
            var was = before.Nodes[node.Index];
            if (node.Status != was.Status && Describe(node) is var (kind, message))
            {
                yield return new(kind, message, node, after) { IsToldAnyway = before.Primary?.Index == node.Index && after.Primary is null };
            }
        }

        var contested = after.Nodes.Where(n => n.Status == NodeStatus.Contested).Select(n => n.Endpoint.Name).ToArray();
        if (contested.Length > before.Nodes.Count(n => n.Status == NodeStatus.Contested))
        {
            yield return new(
                TopologyEventKind.PrimaryContested,
                $"{string.Join(" and ", contested)} all accept writes in epoch {after.Epoch}; writes are refused until one remains",
                null,
                after);
        }

        if (before.Primary is { } lost && after.Primary is null)
        {
            var now = after.Nodes[lost.Index];
            yield return new(
                TopologyEventKind.PrimaryLost,
                $"{lost.Endpoint.Name} is not the primary any more: {WhyNotPrimary(now)}; writes wait for the next",
                now,
                after);
        }

        if (after.Primary is { } found && (before.Primary?.Index != found.Index || before.Primary.Epoch != found.Epoch))
        {
            yield return new(
                TopologyEventKind.PrimaryFound,
                $"{found.Endpoint.Name} in {found.Endpoint.Region} is the primary, epoch {found.Epoch}",
                found,
                after);
        }
    }

    private static string WhyNotPrimary(NodeDescription node) => node.Status switch
    {
        NodeStatus.Online => "it answers as a replica",
        NodeStatus.Unreachable or NodeStatus.Silent => node.Reason!,
        _ => "it " + node.Reason,
    };

    private static (TopologyEventKind Kind, string Message)? Describe(NodeDescription node) => node.Status switch
    {
        NodeStatus.Online => (TopologyEventKind.NodeOnline, $"{node.Endpoint.Name} answers as {$"{node.Role}".ToLowerInvariant()}"),
        NodeStatus.Unreachable => (TopologyEventKind.NodeLost, $"{node.Endpoint.Name} is unreachable: {node.Reason}"),
        NodeStatus.Silent => (TopologyEventKind.NodeLost, $"{node.Endpoint.Name} is silent: {node.Reason}"),
        NodeStatus.Foreign => (TopologyEventKind.NodeRejected, $"{node.Endpoint.Name} is never used: it {node.Reason}"),
        NodeStatus.Fenced => (TopologyEventKind.NodeFenced, $"{node.Endpoint.Name} is fenced: it {node.Reason}"),
        NodeStatus.Diverged => (TopologyEventKind.NodeDiverged, $"{node.Endpoint.Name} is not read from: it {node.Reason}"),
        _ => null,
    };
}
