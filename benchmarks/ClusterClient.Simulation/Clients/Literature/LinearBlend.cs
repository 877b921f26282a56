namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>What Prequal's rule was compared with: latency and requests in flight, blended linearly.</summary>
internal sealed class LinearBlend(ClientSetup setup) : ProbingPolicy(setup, "linear")
{
    private readonly double _share = setup.Parameters.Share("linear-share", 0.5);
    private readonly double _alpha = setup.Parameters.Number("linear-alpha", 75) * 1000;

    protected override int Best(ReadOnlySpan<PooledProbe> pool, long now)
    {
        var best = 0;
        for (var i = 1; i < pool.Length; i++)
        {
            best = Score(in pool[i]) < Score(in pool[best]) ? i : best;
        }

        return best;
    }

    protected override int Worst(ReadOnlySpan<PooledProbe> pool, long now)
    {
        var worst = 0;
        for (var i = 1; i < pool.Length; i++)
        {
            worst = Score(in pool[i]) > Score(in pool[worst]) ? i : worst;
        }

        return worst;
    }

    private double Score(in PooledProbe probe) => (1 - _share) * probe.Latency + _share * _alpha * probe.InFlight;
}
