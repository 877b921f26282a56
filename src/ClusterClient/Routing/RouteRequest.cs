using ClusterClient.Consistency;

namespace ClusterClient.Routing;

/// <summary>A caller's wish, with everything that the decision depends on besides topology and health.</summary>
internal readonly record struct RouteRequest
{
    public required RouteIntent Intent { get; init; }

    public required Freshness Freshness { get; init; }

    /// <summary>The caller's region, spelt as the nodes' are, or null when it stands nowhere in particular.</summary>
    public string? Region { get; init; }

    /// <summary>Whether a read may go to the primary when no replica can serve it.</summary>
    public bool ReadsMayUsePrimary { get; init; }

    /// <summary>Counts up from call to call, so that equals take turns.</summary>
    public uint Turn { get; init; }
}
