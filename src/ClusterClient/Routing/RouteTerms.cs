using ClusterClient.Consistency;

namespace ClusterClient.Routing;

/// <summary>
/// What all decisions of a data source follow and its settings may change while it is in use: replaced as a whole, so that no decision mixes
/// old and new. Immutable.
/// </summary>
internal sealed record RouteTerms
{
    /// <summary>How fresh is fresh enough for a read.</summary>
    public required Freshness Freshness { get; init; }

    /// <summary>Whether reads go to the primary when no replica can serve them.</summary>
    public bool ReadsMayUsePrimary { get; init; }

    /// <summary>A bit for each region that is denied to reads, and to writes.</summary>
    public ulong DeniedReads { get; init; }

    public ulong DeniedWrites { get; init; }

    public LocalitySettings Locality { get; init; } = new();

    public required RoutingPolicy Policy { get; init; }
}
