using System.Collections.Immutable;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>The regions and zones of a data source's nodes, numbered, so that a decision compares no strings. Immutable.</summary>
internal sealed class Geography
{
    /// <summary>As many as a region rule has bits for.</summary>
    public const int MaxRegions = 64;

    private readonly Dictionary<string, int> _regions = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(int Region, string Zone), int> _zones = [];

    public Geography(IEnumerable<NodeEndpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            _regions.TryAdd(endpoint.Region, _regions.Count);
            if (endpoint.Zone is { } zone)
            {
                _zones.TryAdd((_regions[endpoint.Region], zone.ToUpperInvariant()), _zones.Count + 1);
            }
        }

        Regions = [.. _regions.OrderBy(r => r.Value).Select(r => r.Key)];
    }

    /// <summary>In the order of the numbers.</summary>
    public ImmutableArray<string> Regions { get; }

    public bool Knows(string region) => _regions.ContainsKey(region);

    public Location Locate(string? region, string? zone) =>
        region is null ? Location.Nowhere
        : !_regions.TryGetValue(region, out var number) ? new(Location.Elsewhere, 0)
        : new(number, zone is null ? 0 : _zones.GetValueOrDefault((number, zone.ToUpperInvariant())));

    /// <summary>A bit for each region that the rule does not allow.</summary>
    public ulong Denied(RegionRule rule)
    {
        var denied = 0ul;
        foreach (var (region, number) in _regions)
        {
            denied |= rule.Allows(region) ? 0 : 1ul << number;
        }

        return denied;
    }
}
