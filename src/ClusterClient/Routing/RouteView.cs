using System.Collections.Immutable;
using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>One topology snapshot in the shape that decisions read. Immutable; made once for each snapshot.</summary>
internal sealed class RouteView
{
    /// <summary>As many kinds of request are planned for: callers of several regions, under several rules.</summary>
    private const int MaxPlans = 16;

    private readonly NodeSlot[] _slots;
    private readonly ushort[] _order;

    // A cache of what follows from the rest; the one thing in here that changes.
    private RoutePlan[] _plans = [];
    private readonly ImmutableArray<byte> _nearest;

    public RouteView(ClusterTopology topology, Geography geography, LocalitySettings settings, HealthClock clock, RouteView? previous)
    {
        Topology = topology;
        Settings = settings;
        Primary = topology.Primary?.Index ?? -1;
        var nodes = topology.Nodes;
        _order = previous?._order ?? ScanOrder.Of(nodes, settings.Ordinal);
        _slots = new NodeSlot[nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            _slots[i] = Slot(nodes[i], geography, settings, clock);
        }

        _nearest = NearestRegions.Order(_slots, geography.Regions.Length, previous?._nearest);
    }

    public ClusterTopology Topology { get; }

    public LocalitySettings Settings { get; }

    public ReadOnlySpan<NodeSlot> Slots => _slots;

    /// <summary>The nodes in the order in which this client goes through them.</summary>
    public ReadOnlySpan<ushort> Order => _order;

    /// <summary>The primary's index, or -1.</summary>
    public int Primary { get; }

    /// <summary>The region to go to first when the caller's own cannot serve, of those where the request may go; or -1.</summary>
    public int NearestTo(in RouteRequest request)
    {
        foreach (var region in _nearest)
        {
            if (region != request.Caller.Region && (request.Denied >> region & 1) == 0)
            {
                return region;
            }
        }

        return -1;
    }

    /// <summary>The plan for requests of this kind; null where there is none and the decision has to be made from the beginning.</summary>
    public RoutePlan? PlanFor(in RouteRequest request)
    {
        var plans = Volatile.Read(ref _plans);
        foreach (var plan in plans)
        {
            if (plan.Fits(request))
            {
                return plan.IsSimple ? plan : null;
            }
        }

        return plans.Length < MaxPlans ? Plan(request, plans) : null;
    }

    // Two may add theirs at the same time, and one is lost: it will be made again.
    private RoutePlan? Plan(in RouteRequest request, RoutePlan[] plans)
    {
        var plan = new RoutePlan(request, this);
        Volatile.Write(ref _plans, [.. plans, plan]);
        return plan.IsSimple ? plan : null;
    }

    private static NodeSlot Slot(NodeDescription node, Geography geography, LocalitySettings settings, HealthClock clock)
    {
        var place = geography.Locate(node.Endpoint.Region, node.Endpoint.Zone);
        return new()
        {
            Node = node,
            Role = node.Status == NodeStatus.Online ? node.Role : NodeRole.Unknown,
            IsDoubted = node.IsDoubted,
            Utilisation = node.Utilisation,
            ForReads = RouteFilter.OfSnapshot(node),
            Region = (byte)place.Region,
            Zone = (ushort)place.Zone,
            RoundTrip = (float)node.RoundTrip.TotalMicroseconds,
            Lag = node.Lag?.Ticks ?? 0,
            Weight = settings.PerWeight.IsEmpty ? 1 : 1 / settings.PerWeight[node.Index],
            PerWeight = settings.PerWeight.IsEmpty ? 1 : settings.PerWeight[node.Index],
            RisenAt = node.RisenAt == 0 ? SlowStart.LongAgo : clock.From(node.RisenAt),
        };
    }
}
