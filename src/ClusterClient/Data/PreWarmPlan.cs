using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>How many connections to open ahead of a load, and when that is worth it at all.</summary>
/// <remarks>
/// Every bound is on the safe side: a connection too few costs one call the time to open it, one too many may be the one that another
/// process needs. Forecasts are means, so it comes to the mean and leaves peaks to the pool.
/// </remarks>
internal static class PreWarmPlan
{
    /// <summary>To one node, ever.</summary>
    public const int Most = 16;

    /// <summary>Over all nodes.</summary>
    public const int AtOnce = 2;

    /// <summary>An hour is prepared for when it needs a quarter more than the present, and one connection at least.</summary>
    public static bool IsClearlyMore(double next, double present) => next >= present * 1.25 && next >= present + 1;

    /// <summary>How many to open beside those in use.</summary>
    /// <param name="concurrency">Requests that are expected to be under way at a time.</param>
    /// <param name="inUse">Connections of this process that are in use.</param>
    /// <param name="poolLimit">How many the pool may hold, or null.</param>
    /// <param name="node">The node as it was seen last.</param>
    public static int Count(double concurrency, int inUse, int? poolLimit, NodeDescription node)
    {
        var count = (int)Math.Ceiling(Math.Min(concurrency, Most)) - inUse;
        // While they are held to fill the pool, its users must find half of what is left of it.
        count = poolLimit is { } pool ? Math.Min(count, (pool - inUse) / 2) : count;
        count = Spare(node) is { } spare ? Math.Min(count, spare / 2) : count;
        return Math.Max(0, count);
    }

    /// <summary>Connections that the server can still take, or null when it does not tell.</summary>
    public static int? Spare(NodeDescription node) =>
        node.Connections is { } used && node.ConnectionLimit is { } limit ? Math.Max(0, limit - used) : null;
}
