using ClusterClient.Health;

namespace ClusterClient.Routing;

/// <summary>Whether a request had better go farther than its level of locality.</summary>
/// <remarks>
/// It does where the node there is cheaper by more than a margin, the way and what the operator puts on it included: so the load spills
/// over from a level exactly when its queues cost more than the round trip. The costs are <see cref="NodeCost.Honest"/>. A node of which
/// nothing is known is taken to work as the one here does: it is tried for its idleness, not for what it might be.
/// </remarks>
internal static class Distance
{
    /// <summary>Whether it can be worth while at all: the way there is a bound of what it costs.</summary>
    public static bool MayBeWorth(
        in RouteRequest request, RouteView view, ReadOnlySpan<NodeState> states, int chosen, int from, float roundTrip, int to) =>
        LocalitySettings.WithMargin(roundTrip + Toll(view.Settings, from, to)) < Cost(request, view, states, chosen, 0);

    public static bool IsWorth(
        in RouteRequest request, RouteView view, ReadOnlySpan<NodeState> states, int chosen, int from, int farther, int to)
    {
        var service = states[chosen].Load(request.Now, 0).Service;
        return LocalitySettings.WithMargin(Cost(request, view, states, farther, service) + Toll(view.Settings, from, to))
            < Cost(request, view, states, chosen, 0);
    }

    private static float Cost(in RouteRequest request, RouteView view, ReadOnlySpan<NodeState> states, int index, float serviceIfUnknown)
    {
        ref readonly var slot = ref view.Slots[index];
        var load = states[index].Load(request.Now, slot.RoundTrip);
        return NodeCost.Honest(load.IsKnown ? load : load with { Service = serviceIfUnknown }, slot);
    }

    private static float Toll(LocalitySettings settings, int from, int to) =>
        (to >= 1 && from < 1 ? settings.ZoneCost : 0) + (to >= 2 && from < 2 ? settings.RegionCost : 0);
}
