namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// Prequal's own rule, hot-cold lexicographic: a server with more requests in flight than a high quantile of what probes have lately
/// told is hot. Of the cold ones the one of the lowest latency; if all are hot, the one with the fewest in flight. The quantile is
/// over a window of answers and not over the pool, which is small and, as the worst leave it, no fair sample.
/// </summary>
internal sealed class PrequalClient(ClientSetup setup) : ProbingPolicy(setup, "prequal")
{
    private readonly double _quantile = setup.Parameters.Share("prequal-quantile", Math.Pow(2, -0.25));
    private readonly RecentInFlight _recent = new(setup.Parameters.Count("prequal-window", 128, 1));

    protected override void Learn(int server, long now, in ServerFeedback feedback) => _recent.Add(feedback.InFlight);

    protected override int Best(ReadOnlySpan<PooledProbe> pool, long now)
    {
        var threshold = _recent.Quantile(_quantile);
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
        int slowest = 0, fullest = 0;
        for (var i = 1; i < pool.Length; i++)
        {
            fullest = pool[i].InFlight > pool[fullest].InFlight ? i : fullest;
            slowest = pool[i].Latency > pool[slowest].Latency ? i : slowest;
        }

        return pool[fullest].InFlight > _recent.Quantile(_quantile) ? fullest : slowest;
    }
}
