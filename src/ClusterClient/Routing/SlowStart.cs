namespace ClusterClient.Routing;

/// <summary>
/// A node that has just joined, recovered or changed its role has cold caches: its share rises with its time in service,
/// <c>max(0.1, max(t, 1 s) / 30 s)</c>, to all of it after <see cref="Window"/>.
/// </summary>
/// <remarks>
/// The share is that of the requests for which it may be chosen at all, so that it bounds every policy alike: a factor on the cost
/// would bound nothing as soon as its peers are busy. Formula: Envoy's slow start with aggression 1.
/// </remarks>
internal static class SlowStart
{
    /// <summary>In µs: 30 s.</summary>
    public const long Window = 30_000_000;

    /// <summary>The time of a rise that is over.</summary>
    public const long LongAgo = long.MinValue / 4;

    private const float Least = 0.1f;
    private const long Second = 1_000_000;

    public static bool IsOver(long risenAt, long now) => now - risenAt >= Window;

    public static float Share(long risenAt, long now) =>
        Math.Clamp(Math.Max(now - risenAt, Second) / (float)Window, Least, 1);
}
