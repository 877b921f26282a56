using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>The weights of the nodes that a decision went through, by level: how many could serve, and how many of them are well.</summary>
internal readonly ref struct RouteCensus(Span<float> total, Span<float> healthy, Span<float> nearest)
{
    public Span<float> Total { get; } = total;

    public Span<float> Healthy { get; } = healthy;

    /// <summary>One over the shortest round trip of the level's fit nodes, in µs: a bound for what going there costs. 0 when there is none.</summary>
    public Span<float> PerRoundTrip { get; } = nearest;

    public void Count(RouteVerdict verdict, int level, in NodeSlot slot)
    {
        // A primary is not there for reads, and what may not or is not to be read from is nobody's loss.
        if (slot.Role == NodeRole.Primary || verdict == RouteVerdict.RegionDenied)
        {
            return;
        }

        var weight = 1 / slot.PerWeight;
        Total[level] += weight;
        if (verdict <= RouteVerdict.SlowStart)
        {
            Healthy[level] += weight;
            PerRoundTrip[level] = Math.Max(PerRoundTrip[level], 1 / (slot.RoundTrip + 1));
        }
    }
}
