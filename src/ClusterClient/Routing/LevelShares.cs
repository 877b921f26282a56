namespace ClusterClient.Routing;

/// <summary>How the load is shared between levels of locality by the health of their nodes, nearest first.</summary>
/// <remarks>
/// Envoy's priority levels. A level keeps all its load while <c>1.4 × healthy share ≥ 1</c>: a few failed nodes are made up for by the
/// others. Below, what it cannot carry goes to the next, and when all levels together cannot carry it, each gets its part of what there
/// is. Integer percentages, truncated; what truncation leaves goes to the first level that has any. Shares are of weights, not of
/// nodes. Source: Envoy's documentation of priority levels, <c>distributeLoad</c> in its load balancer.
/// </remarks>
internal static class LevelShares
{
    private const float Overprovisioning = 1.4f;

    /// <summary>Below this healthy share a level that cannot pass its load on is in panic.</summary>
    private const float PanicBelow = 0.5f;

    /// <summary>Percent of the load for each level; they add up to 100 unless nothing is healthy.</summary>
    /// <returns>The sum of the levels' health, at most 100: below it, not even all together can carry the load.</returns>
    public static int Distribute(ReadOnlySpan<float> healthy, ReadOnlySpan<float> total, Span<int> shares)
    {
        var sum = 0;
        for (var i = 0; i < shares.Length; i++)
        {
            sum += shares[i] = Health(healthy[i], total[i]);
        }

        var possible = Math.Min(100, sum);
        var left = 100;
        var first = -1;
        for (var i = 0; i < shares.Length && sum > 0; i++)
        {
            shares[i] = Math.Min(left, shares[i] * 100 / possible);
            left -= shares[i];
            first = first < 0 && shares[i] > 0 ? i : first;
        }

        if (first >= 0)
        {
            shares[first] += left;
        }

        return possible;
    }

    /// <summary>Whether the level keeps all its load.</summary>
    public static bool CarriesAll(float healthy, float total) => healthy * Overprovisioning >= total;

    /// <summary>Whether the level had better use its sick nodes too than load its few healthy ones with everything.</summary>
    public static bool IsInPanic(float healthy, float total, int possible) => possible < 100 && healthy < total * PanicBelow;

    // A thousandth of a percent more, so that a share which binary fractions miss by a hair keeps its percent.
    private static int Health(float healthy, float total) =>
        healthy <= 0 ? 0 : Math.Clamp((int)((Overprovisioning * 100 * healthy / total) + 0.001f), 1, 100);
}
