using System.Collections.Immutable;
using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>One topology snapshot in the shape that decisions read. Immutable; made once for each snapshot.</summary>
internal sealed class RouteView
{
    private readonly NodeSlot[] _slots;
    private readonly ImmutableArray<byte> _nearest;

    public RouteView(ClusterTopology topology, Geography geography, LocalitySettings settings, HealthClock clock, RouteView? previous)
    {
        Topology = topology;
        Settings = settings;
        Primary = topology.Primary?.Index ?? -1;
        var nodes = topology.Nodes;
        var subset = previous is null ? FleetSubset.Choose(nodes, settings.Ordinal) : null;
        _slots = new NodeSlot[nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            _slots[i] = Slot(nodes[i], geography, settings, clock, subset?[i] ?? previous!._slots[i].IsInSubset);
        }

        _nearest = NearestRegions.Order(_slots, geography.Regions.Length, previous?._nearest);
    }

    public ClusterTopology Topology { get; }

    public LocalitySettings Settings { get; }

    public ReadOnlySpan<NodeSlot> Slots => _slots;

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

    private static NodeSlot Slot(
        NodeDescription node, Geography geography, LocalitySettings settings, HealthClock clock, bool isInSubset)
    {
        var place = geography.Locate(node.Endpoint.Region, node.Endpoint.Zone);
        return new()
        {
            Node = node,
            Role = node.Status == NodeStatus.Online ? node.Role : NodeRole.Unknown,
            IsDoubted = node.IsDoubted,
            Utilisation = node.Utilisation,
            IsNearLimit = node.Utilisation > LocalitySettings.NearLimit,
            Region = (byte)place.Region,
            Zone = (ushort)place.Zone,
            RoundTrip = (float)node.RoundTrip.TotalMicroseconds,
            Lag = node.Lag?.Ticks ?? 0,
            PerWeight = settings.PerWeight.IsEmpty ? 1 : settings.PerWeight[node.Index],
            RisenAt = node.RisenAt == 0 ? SlowStart.LongAgo : clock.From(node.RisenAt),
            IsInSubset = isInSubset,
        };
    }
}
