namespace ClusterClient;

/// <summary>A node as somebody named it, in code or in a configuration; not looked at yet. Immutable.</summary>
internal sealed record NodeSetting(string? Endpoint, string? Region, string? Zone, string? Name, double Weight)
{
    /// <summary>Where it stands in the configuration, below the cluster's section; null for one of the code's.</summary>
    public string? Key { get; init; }

    public string? KeyOf(string property) => Key is null ? null : $"{Key}:{property}";
}
