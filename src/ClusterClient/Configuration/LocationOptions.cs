namespace ClusterClient.Configuration;

/// <summary>Where this process runs; see <see cref="ClusterDataSourceBuilder.LocatedIn"/>.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class LocationOptions
{
    /// <summary>The region's name, as given to the nodes; null for nowhere in particular.</summary>
    public string? Region { get; set; }

    /// <summary>The zone inside the region, or null.</summary>
    public string? Zone { get; set; }
}
