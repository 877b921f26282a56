using ClusterClient.Consistency;
using ClusterClient.Health;

namespace ClusterClient.Routing;

/// <summary>
/// What the requests of one view have in common beside the data source's <see cref="RouteTerms"/>: where their caller stands, and where they may
/// not go in addition.
/// </summary>
/// <remarks>Immutable, so that views may share it.</remarks>
internal sealed record RouteScope
{
    /// <summary>What reads must show; null for nothing in particular.</summary>
    public WriteToken? After { get; init; }

    public Location Caller { get; init; }

    /// <summary>Where this process stands, whoever it works for.</summary>
    public Location Here { get; init; }

    /// <summary>The caller's region in words, or null.</summary>
    public string? CallerRegion { get; init; }

    /// <summary>A bit for each region that is denied by the view's own rules.</summary>
    public ulong Denied { get; init; }

    /// <summary>Who asks, where a node is at its limit. No part of the decision which node it is.</summary>
    public CallerShare Share { get; init; } = CallerShare.OfNobody;

    public RouteRequest Request(RouteTerms terms, RouteIntent intent, uint turn, long now) => new()
    {
        Intent = intent,
        Freshness = terms.Freshness,
        Caller = Caller,
        IsForAnother = Caller.Region != Here.Region,
        Denied = Denied | (intent == RouteIntent.Write ? terms.DeniedWrites : terms.DeniedReads),
        ReadsMayUsePrimary = terms.ReadsMayUsePrimary,
        After = intent == RouteIntent.Read ? After : null,
        Turn = turn,
        Now = now,
    };

    /// <summary>The same for a caller who stands elsewhere.</summary>
    public RouteScope For(string region, string? zone, Geography geography) =>
        this with { Caller = geography.Locate(region, zone), CallerRegion = region };

    /// <summary>The same with one more rule: a region must be allowed by all of them.</summary>
    public RouteScope Within(RegionRule rule, Geography geography) => this with { Denied = Denied | geography.Denied(rule) };
}
