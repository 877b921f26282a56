using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>The weights of the nodes that a decision went through, by level: how many could serve, and how many of them are well.</summary>
internal readonly ref struct RouteCensus
{
    public RouteCensus(Span<float> memory)
    {
        Total = memory[..RouteFilter.Levels];
        Healthy = memory[RouteFilter.Levels..(2 * RouteFilter.Levels)];
        RoundTrip = memory[(2 * RouteFilter.Levels)..];
        RoundTrip.Fill(float.PositiveInfinity);
    }

    /// <summary>How many floats the memory has that it is made over, all zero.</summary>
    public const int Size = 3 * RouteFilter.Levels;

    public Span<float> Total { get; }

    public Span<float> Healthy { get; }

    /// <summary>The shortest of the level's fit nodes, in µs: a bound for what going there costs. Infinite when there are none.</summary>
    public Span<float> RoundTrip { get; }

    public void Count(RouteVerdict verdict, int level, in NodeSlot slot)
    {
        if (verdict <= RouteVerdict.SlowStart)
        {
            Total[level] += slot.Weight;
            Healthy[level] += slot.Weight;
            RoundTrip[level] = Math.Min(RoundTrip[level], slot.RoundTrip);
        }
        else if (slot.Role != NodeRole.Primary && !slot.Node.WasWritable && verdict != RouteVerdict.RegionDenied)
        {
            // A primary is not there for reads, not even one that is gone, and what may not be read from is nobody's loss.
            Total[level] += slot.Weight;
        }
    }
}
