using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>
/// Chooses a node for a request: filters, then the level of locality, then the policy's pick. Pure: one snapshot, no IO, no clock, no
/// lock, nothing allocated.
/// </summary>
/// <remarks>
/// Writes: the primary, unless it is doubted or its circuit is open; then the caller waits for the look, or the trial, that settles it.
/// Reads: a replica whose circuit is due for its trial, which is one request; otherwise a replica that
/// <see cref="RouteFilter"/> lets through, of the level that is this request's home (<see cref="LevelShares"/>), or of a farther one
/// where that is cheaper by more than a margin, the way included. When no replica can serve, the primary, where that is allowed. When
/// every coherent node is sick, a sick one rather than none; never one with the wrong role, history or region.
/// </remarks>
internal static class Router
{
    /// <summary>More than any group has; what a decision keeps on the stack is bounded by it.</summary>
    public const int MaxNodes = 1024;

    private const byte Unfit = 255;

    /// <summary>The index of the chosen node, or -1.</summary>
    public static int Choose(in RouteRequest request, RouteView view, ReadOnlySpan<NodeState> states, RoutingPolicy policy)
    {
        if (request.Intent == RouteIntent.Write)
        {
            return view.Primary is >= 0 and var primary
                && RouteFilter.Judge(request, view.Slots[primary], states[primary]) <= RouteVerdict.Eligible ? primary : -1;
        }

        return request is { Avoid: 0, After: null } && view.PlanFor(request) is { } plan && plan.IsQuiet(states, request.Now)
            ? plan.Choose(request, view, states, policy)
            : ChooseAmongAll(request, view, states, policy);
    }

    /// <summary>The policy's pick among these, which are all fit.</summary>
    public static int Pick(
        ReadOnlySpan<ushort> fit, in RouteRequest request, RouteView view, ReadOnlySpan<NodeState> states, RoutingPolicy policy)
    {
        if (fit.Length == 1)
        {
            return fit[0];
        }

        var position = policy.Pick(new(fit, view.Slots, states, request.Turn, request.Now));
        return (uint)position < (uint)fit.Length
            ? fit[position]
            : throw new InvalidOperationException($"The policy '{policy.Name}' picked position {position} of {fit.Length} candidates.");
    }

    /// <summary>The decision from the beginning: every node is held against the request.</summary>
    internal static int ChooseAmongAll(in RouteRequest request, RouteView view, ReadOnlySpan<NodeState> states, RoutingPolicy policy)
    {
        var slots = view.Slots;
        Span<byte> grades = stackalloc byte[slots.Length];
        var census = new RouteCensus(stackalloc float[RouteCensus.Size]);
        var nearest = request.Caller.IsNowhere ? -1 : view.NearestTo(request);
        var best = RouteVerdict.NotOnline;
        for (var i = 0; i < slots.Length; i++)
        {
            ref readonly var slot = ref slots[i];
            var verdict = RouteFilter.Judge(request, slot, states[i]);
            var level = RouteFilter.Level(request.Caller, nearest, slot);
            grades[i] = verdict <= RouteVerdict.DoubtedPrimary ? Grade(verdict, level) : Unfit;
            best = verdict < best ? verdict : best;
            census.Count(verdict, level, slot);
        }

        var choice = new RouteChoice(request, view, states, policy, grades);
        return best switch
        {
            RouteVerdict.Eligible or RouteVerdict.SlowStart => choice.AmongFit(census),
            <= RouteVerdict.DoubtedPrimary => choice.AmongAlike(best),
            _ => -1,
        };
    }

    public static byte Grade(RouteVerdict verdict, int level) => (byte)(((int)verdict << 2) | level);

    /// <summary>Whether a connection that is being opened to this node, or was just opened, is still what was asked for.</summary>
    public static bool StillFits(in RouteRequest request, NodeDescription node) => request.Intent == RouteIntent.Write
        ? node.Role == NodeRole.Primary
        : node.Status == NodeStatus.Online;

    /// <summary>Whether nothing may be sent to the node any more, not even over a connection that is open.</summary>
    public static bool IsOutOfBounds(RouteIntent intent, NodeStatus status) =>
        status is NodeStatus.Fenced or NodeStatus.Foreign or NodeStatus.Diverged
        || (status == NodeStatus.Contested && intent == RouteIntent.Write);
}
