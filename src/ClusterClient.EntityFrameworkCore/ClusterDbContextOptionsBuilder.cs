using ClusterClient.EntityFrameworkCore.Options;
using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore;

/// <summary>What a context may want of its cluster. For one caller at a time.</summary>
public sealed class ClusterDbContextOptionsBuilder
{
    internal ClusterDbContextOptionsBuilder(ClusterOptionsExtension options) => Options = options;

    internal ClusterOptionsExtension Options { get; private set; }

    /// <summary>
    /// Has every query whose entities are not tracked read from a replica, as if it had <see cref="ClusterQueryableExtensions.OnReplica"/>: one with
    /// <c>AsNoTracking</c>, and each that does not say <c>AsTracking</c> where that is the context's default. Not inside transactions, and not
    /// queries with <see cref="ClusterQueryableExtensions.OnPrimary"/>.
    /// </summary>
    /// <param name="isRouted">Default false.</param>
    public ClusterDbContextOptionsBuilder RouteNoTrackingQueriesToReplicas(bool isRouted = true)
    {
        Options = Options with { RoutesNoTracking = isRouted };
        return this;
    }

    /// <summary>
    /// Whether what failed is run again where that can help and cannot do a thing twice: <c>SaveChanges</c>, queries, and what is passed to
    /// <c>Database.CreateExecutionStrategy()</c>. Without it, or where the provider was given another execution strategy, this library's does
    /// nothing, and <c>SaveChanges</c> begins a transaction only where the context's <c>AutoTransactionBehavior</c> asks for one.
    /// </summary>
    /// <param name="isRetried">Default true.</param>
    public ClusterDbContextOptionsBuilder RetryOnFailure(bool isRetried = true)
    {
        Options = Options with { Retries = isRetried };
        return this;
    }
}
