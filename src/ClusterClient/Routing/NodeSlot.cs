using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>What routing needs of one node of one snapshot, in the shape that a decision reads it: an entry of a <see cref="RouteView"/>.</summary>
internal readonly record struct NodeSlot
{
    public required NodeDescription Node { get; init; }

    /// <summary>The role, where the node is online; Unknown never serves.</summary>
    public NodeRole Role { get; init; }

    public bool IsDoubted { get; init; }

    /// <summary>The verdict on a read as far as the snapshot alone decides it: all but region, freshness and the node's own health.</summary>
    public RouteVerdict ForReads { get; init; }

    /// <summary>Which of the geography's regions, and zones, it stands in.</summary>
    public byte Region { get; init; }

    public ushort Zone { get; init; }

    /// <summary>In µs.</summary>
    public float RoundTrip { get; init; }

    /// <summary>In ticks of <see cref="TimeSpan"/>; an unknown one is 0.</summary>
    public long Lag { get; init; }

    public float Weight { get; init; }

    /// <summary>One over the node's weight.</summary>
    public float PerWeight { get; init; }

    /// <summary>Since when it serves in its role after it did not, in µs; long ago when it always has.</summary>
    public long RisenAt { get; init; }

    /// <summary>Connections in use over the server's limit, 0 to 1; 0 when unknown.</summary>
    public float Utilisation { get; init; }
}
