using ClusterClient.Consistency;
using ClusterClient.Health;

namespace ClusterClient.Routing;

/// <summary>What the requests of one view have in common: where their caller stands, where they may go, how fresh is fresh enough.</summary>
/// <remarks>Immutable, so that views may share it.</remarks>
internal sealed record RouteScope
{
    public required Freshness Freshness { get; init; }

    public bool ReadsMayUsePrimary { get; init; }

    /// <summary>What reads must show; null for nothing in particular.</summary>
    public WriteToken? After { get; init; }

    public Location Caller { get; init; }

    /// <summary>Where this process stands, whoever it works for.</summary>
    public Location Here { get; init; }

    /// <summary>The caller's region in words, or null.</summary>
    public string? CallerRegion { get; init; }

    /// <summary>A bit for each region that is denied to reads, and to writes.</summary>
    public ulong DeniedReads { get; init; }

    public ulong DeniedWrites { get; init; }

    /// <summary>Who asks, where a node is at its limit. No part of the decision which node it is.</summary>
    public CallerShare Share { get; init; } = CallerShare.OfNobody;

    public RouteRequest Request(RouteIntent intent, uint turn, long now) => new()
    {
        Intent = intent,
        Freshness = Freshness,
        Caller = Caller,
        IsForAnother = Caller.Region != Here.Region,
        Denied = intent == RouteIntent.Write ? DeniedWrites : DeniedReads,
        ReadsMayUsePrimary = ReadsMayUsePrimary,
        After = intent == RouteIntent.Read ? After : null,
        Turn = turn,
        Now = now,
    };

    /// <summary>The same for a caller who stands elsewhere.</summary>
    public RouteScope For(string region, string? zone, Geography geography) =>
        this with { Caller = geography.Locate(region, zone), CallerRegion = region };

    /// <summary>The same with one more rule: a region must be allowed by all of them.</summary>
    public RouteScope Within(RegionRule rule, Geography geography)
    {
        var denied = geography.Denied(rule);
        return this with { DeniedReads = DeniedReads | denied, DeniedWrites = DeniedWrites | denied };
    }
}
