using ClusterClient.Routing;

namespace ClusterClient.Configuration;

/// <summary>A <see cref="RegionRule"/>: regions that are allowed, or regions that are denied, not both. Every region when it is empty.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class RegionRuleOptions
{
    /// <summary>Only these regions.</summary>
    public IList<string> Allow { get; } = [];

    /// <summary>Every region but these.</summary>
    public IList<string> Deny { get; } = [];
}
