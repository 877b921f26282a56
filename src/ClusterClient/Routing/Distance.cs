using ClusterClient.Health;

namespace ClusterClient.Routing;

/// <summary>Whether a request had better go farther than its level of locality.</summary>
/// <remarks>
/// It does where the node there is cheaper by more than a margin, the way and what the operator puts on it included: so the load spills
/// over from a level exactly when its queues cost more than the round trip. The costs are <see cref="NodeCost.Honest"/>.
/// </remarks>
internal static class Distance
{
    public static bool IsWorth(
        in RouteRequest request, RouteView view, ReadOnlySpan<NodeState> states, int chosen, int from, float cost, int to) =>
        LocalitySettings.WithMargin(cost + Toll(view.Settings, from, to)) < Honest(request, view, states, chosen);

    public static float Honest(in RouteRequest request, RouteView view, ReadOnlySpan<NodeState> states, int index)
    {
        ref readonly var slot = ref view.Slots[index];
        return NodeCost.Honest(states[index].Load(request.Now, slot.RoundTrip), slot);
    }

    private static float Toll(LocalitySettings settings, int from, int to) =>
        (to >= 1 && from < 1 ? settings.ZoneCost : 0) + (to >= 2 && from < 2 ? settings.RegionCost : 0);
}
