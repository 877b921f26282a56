using System.Globalization;
using System.Text;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>Writes a decision down: a line that sums up the view, then a table with a line a node and what speaks for or against it.</summary>
internal static class RouteExplanation
{
    private static readonly string[] Header = ["node", "place", "role", "epoch", "lag", "in flight", "round trip", "service", "cost", ""];

    public static string Describe(
        in RouteRequest request, RouteScope scope, ClusterTopology topology, NodeSelector selector, TimeProvider time)
    {
        var chosen = selector.Choose(request, topology);
        var view = selector.View(topology);
        List<string[]> rows = [Header];
        foreach (var node in topology.Nodes)
        {
            rows.Add(Row(request, view, selector, chosen, node.Index));
        }

        var text = new StringBuilder();
        text.Append(request.Intent == RouteIntent.Write ? "write" : "read");
        text.Append(scope.CallerRegion is { } from ? $" from {from}" : "");
        text.Append(" -> ").Append(chosen < 0 ? "no node" : topology.Nodes[chosen].Endpoint.Name);
        text.Append(CultureInfo.InvariantCulture, $"; epoch {topology.Epoch}, primary {Primary(topology)}");
        text.Append(CultureInfo.InvariantCulture, $", view {Age(topology, time)}");
        text.Append(request.Intent == RouteIntent.Write ? "" : $", by {selector.Policy.Name}");
        Append(text, rows);
        return text.ToString();
    }

    private static string[] Row(in RouteRequest request, RouteView view, NodeSelector selector, int chosen, int index)
    {
        ref readonly var slot = ref view.Slots[index];
        var node = slot.Node;
        var load = selector.States[index].Load(request.Now, slot.RoundTrip);
        return
        [
            node.Endpoint.Name,
            node.Endpoint.Zone is { } zone ? $"{node.Endpoint.Region}/{zone}" : node.Endpoint.Region,
            $"{node.Role}".ToLowerInvariant(),
            node.Epoch.ToString(CultureInfo.InvariantCulture),
            node.Lag is { } lag ? Milliseconds(lag.TotalMicroseconds) : "-",
            load.InFlight.ToString(CultureInfo.InvariantCulture),
            Milliseconds(slot.RoundTrip),
            load.IsKnown ? Milliseconds(load.Service) : "unknown",
            load.IsKnown ? Milliseconds(NodeCost.Tolled(load, slot)) : "-",
            index == chosen ? "chosen" : Reason(request, view, selector, chosen, index),
        ];
    }

    private static void Append(StringBuilder text, List<string[]> rows)
    {
        var widths = Header.Select((_, column) => rows.Max(r => r[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++)
            {
                // Words to the left, numbers to the right.
                line.Append("  ").Append(i is <= 2 || i == row.Length - 1 ? row[i].PadRight(widths[i]) : row[i].PadLeft(widths[i]));
            }

            text.AppendLine().Append(line.ToString().TrimEnd());
        }
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

    private static string Age(ClusterTopology topology, TimeProvider time)
    {
        var seen = topology.Nodes.Max(n => n.SeenAt);
        return seen == 0 ? "empty: no node has answered yet" : string.Create(
            CultureInfo.InvariantCulture, $"{time.GetElapsedTime(seen).TotalMilliseconds:0} ms old");
    }

    private static string Reason(in RouteRequest request, RouteView view, NodeSelector selector, int chosen, int index)
    {
        ref readonly var slot = ref view.Slots[index];
        var node = slot.Node;
        var state = selector.States[index];
        return RouteFilter.Judge(request, slot, state) switch
        {
            RouteVerdict.NotOnline => $"{node.Status}".ToLowerInvariant() + (node.Reason is null ? "" : ": " + node.Reason),
            RouteVerdict.RegionDenied =>
                $"{node.Endpoint.Region} is not allowed for {(request.Intent == RouteIntent.Write ? "writes" : "reads")} by the region rule",
            RouteVerdict.NotPrimary => "not the primary",
            RouteVerdict.PrimaryNotForReads => "primary, and reads are kept off it",
            RouteVerdict.TooStale =>
                $"too stale: {Milliseconds(node.Lag!.Value.TotalMicroseconds)} behind, {Milliseconds(request.Freshness.MaxLag.TotalMicroseconds)} allowed",
            RouteVerdict.Doubted or RouteVerdict.DoubtedPrimary => "doubted: a call has just met a fault there",
            RouteVerdict.Ejected =>
                $"ejected as an outlier, for {Milliseconds(state.EjectedUntil - request.Now)} more: {state.LastEjection?.Cause}",
            RouteVerdict.NearLimit => string.Create(
                CultureInfo.InvariantCulture, $"near its connection limit: {node.Connections} of {node.ConnectionLimit} in use"),
            RouteVerdict.LastResort => "primary: for reads only when no replica can serve them",
            RouteVerdict.SlowStart => string.Create(
                CultureInfo.InvariantCulture,
                $"fit, in slow start: for {SlowStart.Share(Math.Max(slot.RisenAt, state.EjectedUntil), request.Now):0 %} of the requests"),
            _ when IsFarther(request, view, chosen, index) => "fit, but farther away",
            _ => "fit, but not the cheapest",
        };
    }

    private static bool IsFarther(in RouteRequest request, RouteView view, int chosen, int index)
    {
        var nearest = view.NearestTo(request);
        return chosen >= 0 && RouteFilter.Level(request.Caller, nearest, view.Slots[index])
            > RouteFilter.Level(request.Caller, nearest, view.Slots[chosen]);
    }

    private static string Milliseconds(double microseconds)
    {
        var milliseconds = microseconds / 1000;
        return milliseconds.ToString(milliseconds < 10 ? "0.##" : "0", CultureInfo.InvariantCulture) + " ms";
    }
}
