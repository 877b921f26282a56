namespace ClusterClient.Resilience;

/// <summary>
/// How many retries and hedges a data source may make: over the last ten seconds a share of its first attempts, and a small reserve.
/// </summary>
/// <remarks>
/// A sick server gets at most 1 + ratio times the load that callers offer, however many of their calls fail: retries cannot be what
/// keeps it sick. The rule is Finagle's: spent &lt; ratio · first attempts + reserve, over a window of ten seconds. Its leaky
/// bucket would have to be filled by every call; here first attempts are counted by those who keep count of ended calls anyway, and
/// asked for only when something has failed. Bound: retries in any ten seconds ≤ ratio · first attempts + 10 s · reserve, in steps of a second.
/// Thread-safe.
/// </remarks>
/// <param name="ratio">Retries for each first attempt.</param>
/// <param name="perSecond">The reserve.</param>
/// <param name="callsEnded">How many calls, first attempts and others, ended in the ten seconds before the given time, in µs.</param>
internal sealed class RetryBudget(double ratio, double perSecond, Func<long, long> callsEnded)
{
    private const int Seconds = 10;
    private const long Second = 1_000_000;

    private readonly Lock _gate = new();
    private readonly long[] _second = new long[Seconds];
    private readonly int[] _spent = new int[Seconds];
    private readonly int[] _hedged = new int[Seconds];

    /// <summary>Takes one retry out; false when there is none left.</summary>
    /// <param name="now">The present time, in µs.</param>
    public bool TryRetry(long now) => TryTake(now, hedges: null);

    /// <summary>Takes one hedge out, which costs as much as a retry and is bounded by itself too.</summary>
    /// <param name="now">The present time, in µs.</param>
    /// <param name="allowed">How many hedges there may be in the ten seconds before it.</param>
    public bool TryHedge(long now, double allowed) => TryTake(now, allowed);

    /// <summary>How much of that is left, 0 to 1.</summary>
    /// <inheritdoc cref="TryHedge"/>
    public double HedgesLeft(long now, double allowed)
    {
        lock (_gate)
        {
            return allowed <= 0 ? 0 : Math.Clamp((allowed - Spent(now).Hedged) / allowed, 0, 1);
        }
    }

    /// <summary>How many retries may be made now.</summary>
    /// <param name="now">The present time, in µs.</param>
    public double Left(long now)
    {
        var ended = callsEnded(now);
        lock (_gate)
        {
            var spent = Spent(now).Spent;
            return Math.Max(0, Limit(ended, spent) - spent);
        }
    }

    private bool TryTake(long now, double? hedges)
    {
        var ended = callsEnded(now);
        lock (_gate)
        {
            var (spent, hedged) = Spent(now);
            if (spent + 1 > Limit(ended, spent) || hedged + 1 > hedges)
            {
                return false;
            }

            var second = now / Second;
            var at = (int)((ulong)second % Seconds);
            if (_second[at] != second)
            {
                (_second[at], _spent[at], _hedged[at]) = (second, 0, 0);
            }

            _spent[at]++;
            _hedged[at] += hedges is null ? 0 : 1;
            return true;
        }
    }

    // What was asked again has ended as well, and earns nothing.
    private double Limit(long ended, int spent) => (ratio * Math.Max(0, ended - spent)) + (perSecond * Seconds);

    private (int Spent, int Hedged) Spent(long now)
    {
        var second = now / Second;
        var (spent, hedged) = (0, 0);
        for (var i = 0; i < Seconds; i++)
        {
            if (_second[i] > second - Seconds && _second[i] <= second)
            {
                spent += _spent[i];
                hedged += _hedged[i];
            }
        }

        return (spent, hedged);
    }
}
