using System.Runtime.CompilerServices;
using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>Holds one node against one request: role, region rule, history, an operator's isolation, freshness, the caller's own writes and health, in this order.</summary>
/// <remarks>
/// Role and history are the topology's business: a node with the wrong system, epoch or fork is not online there. Health, of which the
/// circuit is a part, comes last: a sick node may be taken for want of a better one, and a stale one may not, sick or well.
/// </remarks>
internal static class RouteFilter
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RouteVerdict Judge(in RouteRequest request, in NodeSlot slot, NodeState state)
    {
        if (slot.Role == NodeRole.Unknown)
        {
            return RouteVerdict.NotOnline;
        }

        if (request.Denies(slot))
        {
            return RouteVerdict.RegionDenied;
        }

        var gate = state.Gate;
        if (gate.IsIsolated)
        {
            return RouteVerdict.Isolated;
        }

        if (request.Intent == RouteIntent.Write)
        {
            // Nothing else is asked of a primary: there is no other to go to.
            return slot.Role != NodeRole.Primary ? RouteVerdict.NotPrimary
                : slot.IsDoubted ? RouteVerdict.Doubted
                : gate.IsClosed ? RouteVerdict.Eligible
                : gate.IsTrialDue(request.Now) ? RouteVerdict.TrialDue
                : RouteVerdict.CircuitOpen;
        }

        if (slot.Role == NodeRole.Primary)
        {
            // A read is its trial only where it would have gone there anyway.
            return request is { ReadsMayUsePrimary: false, NeedsPrimary: false } ? RouteVerdict.PrimaryNotForReads
                : slot.ForReads == RouteVerdict.LastResort && !gate.IsClosed && !gate.IsTrialDue(request.Now) ? RouteVerdict.CircuitOpen
                : slot.ForReads;
        }

        if (slot.Lag > request.Freshness.MaxLag.Ticks)
        {
            return RouteVerdict.TooStale;
        }

        if (request.After is { } write && !write.IsHadBy(slot.Node))
        {
            return RouteVerdict.LacksWrite;
        }

        if (request.Avoid == slot.Node.Index + 1 && slot.ForReads < RouteVerdict.Avoided)
        {
            return RouteVerdict.Avoided;
        }

        var risenAt = Math.Max(slot.RisenAt, state.EjectedUntil);
        return slot.ForReads == RouteVerdict.Eligible && gate.IsClosed && SlowStart.IsOver(risenAt, request.Now) ? RouteVerdict.Eligible
            : slot.ForReads == RouteVerdict.Doubted ? RouteVerdict.Doubted
            : !gate.IsClosed && !gate.IsTrialDue(request.Now) ? RouteVerdict.CircuitOpen
            : !gate.IsClosed && slot.ForReads == RouteVerdict.Eligible ? RouteVerdict.TrialDue
            : state.IsEjected(request.Now) ? RouteVerdict.Ejected
            : slot.ForReads == RouteVerdict.NearLimit ? RouteVerdict.NearLimit
            : SlowStart.IsOver(risenAt, request.Now)
                || Spread(request.Turn, slot.Node.Index) < SlowStart.Share(risenAt, request.Now) ? RouteVerdict.Eligible
            : RouteVerdict.SlowStart;
    }

    /// <summary>The part of the verdict on a read that the snapshot alone decides.</summary>
    public static RouteVerdict OfSnapshot(NodeDescription node) =>
        node.Status != NodeStatus.Online || node.Role == NodeRole.Unknown ? RouteVerdict.NotOnline
        : node.Role == NodeRole.Primary ? (node.IsDoubted ? RouteVerdict.DoubtedPrimary : RouteVerdict.LastResort)
        : node.IsDoubted ? RouteVerdict.Doubted
        : node.Utilisation > LocalitySettings.NearLimit ? RouteVerdict.NearLimit
        : RouteVerdict.Eligible;

    /// <summary>How far away it is, 0 the nearest of <see cref="Levels"/>.</summary>
    public static int Level(Location caller, int nearest, in NodeSlot slot) =>
        caller.IsNowhere ? 0
        : slot.Region != caller.Region ? (slot.Region == nearest ? 2 : 3)
        : slot.Zone != 0 && slot.Zone == caller.Zone ? 0
        : 1;

    /// <summary>Zone, region, the nearest other region, the world.</summary>
    public const int Levels = 4;

    // The golden ratio's multiples, a different start for each node: any run of turns is shared out evenly, not only a long one.
    private static float Spread(uint turn, int node) => ((turn + ((uint)node * 0x85EBCA6B)) * 0x9E3779B9) * (1f / 4294967296f);
}
