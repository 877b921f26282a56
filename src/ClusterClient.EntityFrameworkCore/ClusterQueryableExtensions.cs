using ClusterClient.EntityFrameworkCore.Querying;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Where a query runs.</summary>
public static class ClusterQueryableExtensions
{
    /// <summary>
    /// Has this query read from a replica: all of its statements, where it is split. It shows all that its context has saved; until a replica is
    /// known to have that, it goes to the primary, as it does inside a transaction.
    /// </summary>
    /// <remarks>
    /// For contexts that were set up with <see cref="ClusterDbContextOptionsBuilderExtensions.UseCluster(DbContextOptionsBuilder, Action{ClusterClient.EntityFrameworkCore.ClusterDbContextOptionsBuilder}?)"/>;
    /// for others it is a comment. It is the query's tag, and may stand anywhere in it.
    /// </remarks>
    public static IQueryable<T> OnReplica<T>(this IQueryable<T> source) => source.TagWith(QueryTag.Replica);

    /// <summary>
    /// Has this query read from the primary, whatever else is said: by
    /// <see cref="ClusterClient.EntityFrameworkCore.ClusterDbContextOptionsBuilder.RouteNoTrackingQueriesToReplicas"/> or by <see cref="OnReplica"/>.
    /// </summary>
    public static IQueryable<T> OnPrimary<T>(this IQueryable<T> source) => source.TagWith(QueryTag.Primary);
}
