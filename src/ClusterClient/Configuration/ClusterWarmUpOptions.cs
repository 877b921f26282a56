namespace ClusterClient.Configuration;

/// <summary>What a host does about a cluster before it starts its services.</summary>
/// <remarks>Not thread-safe; read once, at the start.</remarks>
public sealed class ClusterWarmUpOptions
{
    /// <summary>How long to wait for a primary, and for connections.</summary>
    /// <value>Greater than zero, at most one day. Default 30 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many connections to have ready in the pools: so many to the primary, and as many to replicas. Those that cannot be had are done without.</summary>
    /// <value>0 to 1,000. Default 0.</value>
    public int Connections { get; set; }

    /// <summary>Whether the host fails to start when there is no primary in time. Otherwise it is logged, and calls wait for one as they always do.</summary>
    /// <value>Default true.</value>
    public bool FailStartup { get; set; } = true;
}
