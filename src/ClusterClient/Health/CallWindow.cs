using System.Runtime.CompilerServices;

namespace ClusterClient.Health;

/// <summary>The calls that ended at a node within the last ten seconds, the present one included. Thread-safe, without locks.</summary>
/// <remarks>It lies inside of its node's state: every answer touches it, and each object apart would be one more cache line to wait for.</remarks>
internal struct CallWindow
{
    /// <summary>In µs.</summary>
    public const long Length = Seconds * Second;

    private const int Seconds = 10;
    private const long Second = 1_000_000;

    private Buckets _buckets;

    /// <summary>A call has ended.</summary>
    /// <param name="now">The present time, in µs.</param>
    /// <param name="latency">How long it took, the network left out, in µs.</param>
    /// <param name="faulted">Whether it ended in a fault of the node's.</param>
    public void Add(long now, long latency, bool faulted)
    {
        var second = now / Second;
        _buckets[(int)((uint)second % Seconds)].Add(second, LatencyLevel.Of(latency), faulted);
    }

    /// <summary>What ended in the window.</summary>
    /// <param name="now">The present time, in µs.</param>
    /// <param name="since">Seconds that began earlier are left out: the node was another then.</param>
    public CallTally Tally(long now, long since)
    {
        CallTally tally = default;
        var last = now / Second;
        for (var second = last; second > last - Seconds && second * Second >= since; second--)
        {
            tally += _buckets[(int)((uint)second % Seconds)].Tally(second);
        }

        return tally;
    }

    [InlineArray(Seconds)]
    private struct Buckets
    {
        private CallBucket _first;
    }
}
