using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>Holds one node against one request: role, region rule, history, health and freshness, in this order.</summary>
/// <remarks>Role and history are the topology's business: a node with the wrong system, epoch or fork is not online there.</remarks>
internal static class RouteFilter
{
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

        if (request.Intent == RouteIntent.Write)
        {
            // Nothing else is asked of a primary: there is no other to go to.
            return slot.Role != NodeRole.Primary ? RouteVerdict.NotPrimary
                : slot.IsDoubted ? RouteVerdict.Doubted
                : RouteVerdict.Eligible;
        }

        if (slot.Role == NodeRole.Primary)
        {
            return !request.ReadsMayUsePrimary ? RouteVerdict.PrimaryNotForReads
                : slot.IsDoubted ? RouteVerdict.DoubtedPrimary
                : RouteVerdict.LastResort;
        }

        if (slot.Lag > request.Freshness.MaxLag.Ticks)
        {
            return RouteVerdict.TooStale;
        }

        return slot.IsDoubted ? RouteVerdict.Doubted
            : state.IsEjected(request.Now) ? RouteVerdict.Ejected
            : slot.IsNearLimit ? RouteVerdict.NearLimit
            : !MayServeYet(request, slot, state) ? RouteVerdict.SlowStart
            : RouteVerdict.Eligible;
    }

    /// <summary>How far away it is, 0 the nearest of <see cref="Levels"/>.</summary>
    public static int Level(Location caller, int nearest, in NodeSlot slot) =>
        caller.IsNowhere ? 0
        : slot.Region != caller.Region ? (slot.Region == nearest ? 2 : 3)
        : slot.Zone != 0 && slot.Zone == caller.Zone ? 0
        : 1;

    /// <summary>Zone, region, the nearest other region, the world.</summary>
    public const int Levels = 4;

    private static bool MayServeYet(in RouteRequest request, in NodeSlot slot, NodeState state)
    {
        var risenAt = Math.Max(slot.RisenAt, state.EjectedUntil);
        return SlowStart.IsOver(risenAt, request.Now)
            || Spread(request.Turn, slot.Node.Index) < SlowStart.Share(risenAt, request.Now);
    }

    // The golden ratio's multiples, a different start for each node: any run of turns is shared out evenly, not only a long one.
    private static float Spread(uint turn, int node) => ((turn + ((uint)node * 0x85EBCA6B)) * 0x9E3779B9) * (1f / 4294967296f);
}
