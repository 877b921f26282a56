using System.Globalization;
using System.Text;
using ClusterClient.Diagnostics;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>Writes a decision down: a line that sums up the view, then a table with a line a node and what speaks for or against it.</summary>
internal static class RouteExplanation
{
    private static readonly string[] Header = ["node", "place", "role", "epoch", "lag", "in flight", "round trip", "service", "cost", ""];

    public static string Describe(
        in RouteRequest request, RouteScope scope, ClusterTopology topology, NodeSelector selector, TimeProvider time)
    {
        var assessments = RouteAssessor.Assess(request, topology, selector);
        var text = new StringBuilder();
        text.Append(request.Intent == RouteIntent.Write ? "write" : "read");
        text.Append(scope.CallerRegion is { } from ? $" from {from}" : "");
        text.Append(" -> ").Append(assessments.FirstOrDefault(a => a.IsChosen)?.Node.Endpoint.Name ?? "no node");
        text.Append(CultureInfo.InvariantCulture, $"; epoch {topology.Epoch}, primary {Primary(topology)}");
        text.Append(CultureInfo.InvariantCulture, $", view {Age(topology, time)}");
        text.Append(request.Intent == RouteIntent.Write ? "" : $", by {selector.Policy.Name}");
        // Words to the left, numbers to the right.
        TextTable.Append(text, [Header, .. assessments.Select(Row)], static column => column <= 2 || column == Header.Length - 1);
        return text.ToString();
    }

    private static string[] Row(RouteAssessment assessment)
    {
        var node = assessment.Node;
        return
        [
            node.Endpoint.Name,
            node.Endpoint.Zone is { } zone ? $"{node.Endpoint.Region}/{zone}" : node.Endpoint.Region,
            $"{node.Role}".ToLowerInvariant(),
            node.Epoch.ToString(CultureInfo.InvariantCulture),
            Milliseconds(node.Lag, "-"),
            InFlight(assessment),
            RouteReason.Milliseconds(assessment.RoundTrip),
            Milliseconds(assessment.ServiceTime, "unknown"),
            Milliseconds(assessment.Cost, "-"),
            assessment.Reason,
        ];
    }

    // The limit where it is near: of a node with little to do it says nothing.
    private static string InFlight(RouteAssessment assessment)
    {
        var (count, limit, queued) = (assessment.InFlight, assessment.Limit ?? int.MaxValue, assessment.Queued);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{count}{(count > limit / 2 || queued > 0 ? $"/{limit}" : "")}{(queued > 0 ? $" +{queued}" : "")}");
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

    private static string Age(ClusterTopology topology, TimeProvider time) => topology.Age(time) is { } age
        ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalMilliseconds:0} ms old")
        : "empty: no node has answered yet";

    private static string Milliseconds(TimeSpan? time, string otherwise) => time is { } known ? RouteReason.Milliseconds(known) : otherwise;
}
