namespace ClusterClient.Configuration;

/// <summary>One database server of a configuration; see <see cref="ClusterDataSourceBuilder.AddNode"/>.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class ClusterNodeOptions
{
    /// <summary><c>host</c> or <c>host:port</c>; the driver's port when none is given.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The region it stands in.</summary>
    public string? Region { get; set; }

    /// <summary>The zone inside the region, or null.</summary>
    public string? Zone { get; set; }

    /// <summary>Its name in logs and explanations; the endpoint when null.</summary>
    public string? Name { get; set; }

    /// <summary>How much it can do in relation to the other nodes.</summary>
    /// <value>Greater than zero. Default 1.</value>
    public double? Weight { get; set; }
}
