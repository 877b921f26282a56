using ClusterClient.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds clusters to the health checks.</summary>
public static class ClusterHealthCheckExtensions
{
    /// <summary>
    /// Adds a check of a cluster that was added to the container. It reads what the monitor knows already and opens no connection; it starts
    /// monitoring where nothing has used the cluster yet.
    /// </summary>
    /// <remarks>
    /// Unhealthy: there is no primary, or there are several. Degraded: writes have somewhere to go, but a node is not online or is doubted, no
    /// replica is fresh enough, a circuit is not closed, or the view is old. The description says what it is in a sentence; the data has, for
    /// each node, its role, status, epoch, circuit, calls in flight and round trip, and the lag of a replica.
    /// </remarks>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The cluster's name, and the check's.</param>
    /// <param name="failureStatus">What is reported in place of unhealthy; null for that itself.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <param name="timeout">How long it may take; it waits for the first view alone.</param>
    public static IHealthChecksBuilder AddCluster(
        this IHealthChecksBuilder builder,
        string name,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return builder.Add(new(name, services => new ClusterHealthCheck(name, services), failureStatus, tags, timeout));
    }
}
