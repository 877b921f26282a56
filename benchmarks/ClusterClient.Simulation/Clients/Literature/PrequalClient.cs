namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// Prequal's own rule, hot-cold lexicographic: a server with more requests in flight than a high quantile of them all is hot. Of
/// the cold ones the one of the lowest latency; if all are hot, the one with the fewest in flight.
/// </summary>
internal sealed class PrequalClient : ProbingPolicy
{
    private readonly double _quantile;
    private readonly int[] _inFlight;
    private readonly long[] _seenIn;
    private long _round;

    public PrequalClient(ClientSetup setup)
        : base(setup, "prequal")
    {
        _quantile = setup.Parameters.Share("prequal-quantile", Math.Pow(2, -0.25));
        _inFlight = new int[setup.Parameters.Count("prequal-pool", 16, 1)];
        _seenIn = new long[setup.Servers];
    }

    protected override int Best(ReadOnlySpan<PooledProbe> pool, long now)
    {
        var threshold = Threshold(pool);
        int coldest = -1, emptiest = 0;
        for (var i = 0; i < pool.Length; i++)
        {
            if (pool[i].InFlight <= threshold && (coldest < 0 || pool[i].Latency < pool[coldest].Latency))
            {
                coldest = i;
            }

            if (pool[i].InFlight < pool[emptiest].InFlight)
            {
                emptiest = i;
            }
        }

        return coldest >= 0 ? coldest : emptiest;
    }

    protected override int Worst(ReadOnlySpan<PooledProbe> pool, long now)
    {
        var threshold = Threshold(pool);
        int slowest = 0, fullest = 0;
        for (var i = 1; i < pool.Length; i++)
        {
            fullest = pool[i].InFlight > pool[fullest].InFlight ? i : fullest;
            slowest = pool[i].Latency > pool[slowest].Latency ? i : slowest;
        }

        return pool[fullest].InFlight > threshold ? fullest : slowest;
    }

    /// <summary>The quantile over the servers in the pool: a server that is in it twice counts once, with its newest probe.</summary>
    private int Threshold(ReadOnlySpan<PooledProbe> pool)
    {
        _round++;
        var count = 0;
        for (var i = pool.Length - 1; i >= 0; i--)
        {
            if (_seenIn[pool[i].Server] != _round)
            {
                _seenIn[pool[i].Server] = _round;
                _inFlight[count++] = pool[i].InFlight;
            }
        }

        Array.Sort(_inFlight, 0, count);
        return _inFlight[Math.Clamp((int)Math.Ceiling(_quantile * count) - 1, 0, count - 1)];
    }
}
