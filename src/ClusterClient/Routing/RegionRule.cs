using System.Collections.Immutable;

namespace ClusterClient.Routing;

/// <summary>
/// In which regions data may be read or written: data residency. A rule holds whatever happens, in a failover and when nothing else is
/// left too: a call that only a node outside of it could serve is refused.
/// </summary>
/// <remarks>Immutable and thread-safe. Regions are compared without regard to case.</remarks>
public sealed class RegionRule
{
    private readonly ImmutableHashSet<string> _regions;
    private readonly bool _allows;

    private RegionRule(bool allows, IEnumerable<string> regions)
    {
        _allows = allows;
        _regions = regions.ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Every region; the default.</summary>
    public static RegionRule None { get; } = new(allows: false, []);

    /// <summary>The regions that are named in it.</summary>
    internal IReadOnlyCollection<string> Regions => _regions;

    /// <summary>Only these regions.</summary>
    /// <exception cref="ArgumentException">No region is named: such a rule would allow nothing.</exception>
    public static RegionRule Allow(params string[] regions) => new(allows: true, Named(regions));

    /// <summary>Every region but these.</summary>
    /// <exception cref="ArgumentException">No region is named; use <see cref="None"/> for that.</exception>
    public static RegionRule Deny(params string[] regions) => new(allows: false, Named(regions));

    /// <summary>Whether a node that stands there may serve.</summary>
    public bool Allows(string region)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(region);
        return _regions.Contains(region) == _allows;
    }

    /// <summary>The rule in words, as refusals and logs have it.</summary>
    public override string ToString() => _regions.Count == 0 ? "any region"
        : $"{(_allows ? "only" : "any region but")} {string.Join(", ", _regions.Order(StringComparer.OrdinalIgnoreCase))}";

    private static string[] Named(string[] regions)
    {
        ArgumentNullException.ThrowIfNull(regions);
        return regions.Length > 0 && !regions.Any(string.IsNullOrWhiteSpace)
            ? regions
            : throw new ArgumentException("Name at least one region, and none that is empty.", nameof(regions));
    }
}
