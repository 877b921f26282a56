using System.Globalization;
using ClusterClient.Health;
using ClusterClient.Routing.Policies;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>What speaks for or against a node for one request, in words.</summary>
internal static class RouteReason
{
    public static string For(NodeState state, long now) => state.Gate.IsTrialDue(now) ? "chosen, as the trial of its circuit" : "chosen";

    public static string Against(in RouteRequest request, RouteView view, NodeSelector selector, int chosen, int index)
    {
        ref readonly var slot = ref view.Slots[index];
        var node = slot.Node;
        var state = selector.States[index];
        return RouteFilter.Judge(request, slot, state) switch
        {
            RouteVerdict.NotOnline => $"{node.Status}".ToLowerInvariant() + (node.Reason is null ? "" : ": " + node.Reason),
            RouteVerdict.RegionDenied =>
                $"{node.Endpoint.Region} is not allowed for {(request.Intent == RouteIntent.Write ? "writes" : "reads")} by the region rule",
            RouteVerdict.Isolated => "isolated by an operator, until it is reset",
            RouteVerdict.TrialDue => "circuit half-open: the next call is its trial",
            RouteVerdict.CircuitOpen => OfCircuit(state, request.Now),
            RouteVerdict.NotPrimary => "not the primary",
            RouteVerdict.PrimaryNotForReads => "primary, and reads are kept off it",
            RouteVerdict.TooStale =>
                $"too stale: {Milliseconds(node.Lag!.Value)} behind, {Milliseconds(request.Freshness.MaxLag)} allowed",
            RouteVerdict.LacksWrite => "is not known to have the caller's last write yet",
            RouteVerdict.Avoided => "this call has just failed there",
            RouteVerdict.Doubted or RouteVerdict.DoubtedPrimary => "doubted: a call has just met a fault there",
            RouteVerdict.Ejected =>
                $"ejected as an outlier, for {Milliseconds(TimeSpan.FromMicroseconds(state.EjectedUntil - request.Now))} more"
                    + (state.LastEjection is { } ejection ? $": {ejection.Cause}" : ""),
            RouteVerdict.NearLimit => string.Create(
                CultureInfo.InvariantCulture, $"near its connection limit: {node.Connections} of {node.ConnectionLimit} in use"),
            RouteVerdict.LastResort => "primary: for reads only when no replica can serve them",
            RouteVerdict.SlowStart => string.Create(
                CultureInfo.InvariantCulture,
                $"fit, in slow start: for {SlowStart.Share(Math.Max(slot.RisenAt, state.EjectedUntil), request.Now):0 %} of the requests"),
            _ when IsFarther(request, view, chosen, index) => "fit, but farther away",
            _ when selector.Policy is not LatencyScored => $"fit, but not the pick of {selector.Policy.Name}",
            _ when IsTooLongAWay(request, view, selector, chosen, index) => "fit, but its round trip alone would take longer",
            _ => "fit, but not the cheapest",
        };
    }

    public static string Milliseconds(TimeSpan time)
    {
        var milliseconds = time.TotalMilliseconds;
        return milliseconds.ToString(milliseconds < 10 ? "0.##" : "0", CultureInfo.InvariantCulture) + " ms";
    }

    private static string OfCircuit(NodeState state, long now)
    {
        var (gate, cause) = (state.Gate, state.Circuit?.Cause is { Length: > 0 } known ? $": {known}" : "");
        return gate.IsHalfOpen ? $"circuit half-open, its trial is under way{cause}"
            : gate.DueAt == CircuitGate.Never ? $"circuit open{cause}"
            : $"circuit open, for {Milliseconds(TimeSpan.FromMicroseconds(gate.DueAt - now))} more{cause}";
    }

    private static bool IsFarther(in RouteRequest request, RouteView view, int chosen, int index)
    {
        var nearest = view.NearestTo(request);
        return chosen >= 0 && RouteFilter.Level(request.Caller, nearest, view.Slots[index])
            > RouteFilter.Level(request.Caller, nearest, view.Slots[chosen]);
    }

    // As the policy has it: no shorter than the chosen one's whole answer, the margin included.
    private static bool IsTooLongAWay(in RouteRequest request, RouteView view, NodeSelector selector, int chosen, int index)
    {
        if (chosen < 0)
        {
            return false;
        }

        ref readonly var taken = ref view.Slots[chosen];
        var load = selector.States[chosen].Load(request.Now, taken.RoundTrip);
        return load.IsKnown && view.Slots[index].RoundTrip > LocalitySettings.WithMargin(NodeCost.Plain(load, taken));
    }
}
