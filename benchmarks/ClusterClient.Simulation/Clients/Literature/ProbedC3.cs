namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// C3's score over Prequal's pool of probes, as Prequal's authors compared with it: <c>R - S + q³ S</c>, with R what this client
/// has seen of the server, S what the server estimates, and q its requests in flight beside this client's own times the clients.
/// </summary>
internal sealed class ProbedC3(ClientSetup setup) : ProbingPolicy(setup, "c3-probes")
{
    private const double Weight = 0.9;
    private readonly int _clients = setup.Clients;
    private readonly int[] _outstanding = new int[setup.Servers];
    private readonly double[] _responses = new double[setup.Servers];
    private readonly double[] _services = new double[setup.Servers];
    private readonly double[] _queues = new double[setup.Servers];

    public override void OnSent(int server, long now) => _outstanding[server]++;

    public override void OnDone(int server, long sentAt, long now, bool failed, in ServerFeedback feedback)
    {
        _outstanding[server]--;
        Smooth(ref _responses[server], now - sentAt);
    }

    protected override void Learn(int server, long now, in ServerFeedback feedback)
    {
        Smooth(ref _services[server], feedback.LatencyEstimate);
        _queues[server] += Weight * (feedback.InFlight - _queues[server]);
    }

    protected override int Best(ReadOnlySpan<PooledProbe> pool, long now)
    {
        var best = 0;
        for (var i = 1; i < pool.Length; i++)
        {
            best = Score(pool[i].Server) < Score(pool[best].Server) ? i : best;
        }

        return best;
    }

    protected override int Worst(ReadOnlySpan<PooledProbe> pool, long now)
    {
        var worst = 0;
        for (var i = 1; i < pool.Length; i++)
        {
            worst = Score(pool[i].Server) > Score(pool[worst].Server) ? i : worst;
        }

        return worst;
    }

    private double Score(int server)
    {
        var queue = 1 + (double)_outstanding[server] * _clients + _queues[server];
        return _responses[server] - _services[server] + queue * queue * queue * _services[server];
    }

    private static void Smooth(ref double average, double sample) => average += (average == 0 ? 1 : Weight) * (sample - average);
}
