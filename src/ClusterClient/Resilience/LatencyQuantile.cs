namespace ClusterClient.Resilience;

/// <summary>
/// A quantile of the latencies of one data source's reads, kept up to date with a multiplication for each of them.
/// </summary>
/// <remarks>
/// Why this one: a histogram or a sketch has to be aged, and read under a lock; here one number follows by itself. It is the stochastic
/// approximation of Robbins and Monro (1951) for a quantile, in the logarithm, where a step means the same at 100 µs and at 100 ms:
/// ln level += step · q after a latency above the level, ln level −= step · (1 − q) after one that is not. In balance a share q is not
/// above. The step is constant, so that it follows change: it doubles within 15 latencies in a row above (at q = 0.95 and step 0.05), and
/// halves within 278 below; its own spread is about sqrt(step · q · (1 − q) / (2 · f)), f the density of ln latency at the quantile, 8 % for a
/// log-normal of σ 0.5. Only whether a latency is above the level is asked, so one that is known merely to be longer counts in full. The
/// first hundred are sorted instead: a level that began at one cold read would need thousands to come down.
/// Thread-safe without a lock: of two that are added in the same nanosecond one may be lost.
/// </remarks>
/// <param name="quantile">Between 0 and 1.</param>
internal sealed class LatencyQuantile(double quantile)
{
    /// <summary>How many latencies it takes until there is a level.</summary>
    public const int Enough = 100;

    private const double Step = 0.05;

    private readonly float _up = (float)Math.Exp(Step * quantile);
    private readonly float _down = (float)Math.Exp(-Step * (1 - quantile));
    private long[]? _first = new long[Enough];
    private int _claimed;
    private int _written;
    private float _level;

    /// <summary>The quantile in µs, at least 1; 0 as long as too little is known.</summary>
    public float Level => Volatile.Read(ref _level);

    /// <summary>A read took this long, or longer if that is longer than the level.</summary>
    /// <param name="latency">In µs.</param>
    public void Add(long latency)
    {
        var level = Level;
        if (level > 0)
        {
            Volatile.Write(ref _level, Math.Max(1, level * (latency > level ? _up : _down)));
        }
        else if (Volatile.Read(ref _first) is { } first && Interlocked.Increment(ref _claimed) is <= Enough and var place)
        {
            first[place - 1] = latency;
            if (Interlocked.Increment(ref _written) == Enough)
            {
                Array.Sort(first);
                Volatile.Write(ref _level, Math.Max(1, first[(int)Math.Ceiling(quantile * Enough) - 1]));
                Volatile.Write(ref _first, null);
            }
        }
    }
}
