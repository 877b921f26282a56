using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>
/// Shares out requests by weight, earliest deadline first: each server's next turn is 1/weight after its last. The weight is what
/// the server answers per processor time, both smoothed, as the servers report it; so that all use their processors alike. This is
/// what Prequal was built to replace. Servers not heard of weigh as the average.
/// </summary>
internal sealed class WeightedRoundRobin : ClientPolicy
{
    private const double LeastWeight = 1e-3;
    private readonly EventQueue<int>[] _turns;
    private readonly ServerReports[] _reports;
    private readonly double[] _weights;
    private readonly IProber _prober;
    private readonly double _alpha;
    private readonly bool _errorsCount;

    public WeightedRoundRobin(ClientSetup setup)
    {
        _prober = Probing.Of(setup, "wrr");
        _alpha = setup.Parameters.Share("wrr-alpha", 0.03);
        _errorsCount = setup.Parameters.Switch("wrr-ignores-errors", false);
        TimerPeriod = (long)(setup.Parameters.Positive("wrr-period", 1) * 1e6);
        _weights = new double[setup.Servers];
        Array.Fill(_weights, 1);
        _reports = new ServerReports[setup.Servers];
        _turns = new EventQueue<int>[setup.Groups.Length];
        var chance = new RandomStream((ulong)setup.Seed);
        for (var group = 0; group < _turns.Length; group++)
        {
            _turns[group] = new();
            foreach (var server in setup.Groups[group])
            {
                _turns[group].Add(chance.Next(), server);
            }
        }
    }

    public override long TimerPeriod { get; }

    public override int Choose(int group, long now)
    {
        _turns[group].TryTake(out var turn, out var server);
        _turns[group].Add(turn + 1 / _weights[server], server);
        return server;
    }

    public override void OnTimer(long now)
    {
        SetWeights();
        for (var server = 0; server < _weights.Length; server++)
        {
            _prober.Probe(server);
        }
    }

    public override void OnProbed(int server, long now, in ServerFeedback feedback)
    {
        var good = feedback.Answered + (_errorsCount ? feedback.Expired : 0);
        _reports[server].Add(good, feedback.ProcessorTime, _alpha);
    }

    /// <summary>In units of the mean, so that turns keep their scale from one update to the next.</summary>
    private void SetWeights()
    {
        double sum = 0;
        var known = 0;
        foreach (ref var report in _reports.AsSpan())
        {
            if (report.IsKnown)
            {
                sum += report.GoodPerProcessorTime;
                known++;
            }
        }

        if (sum <= 0)
        {
            return;
        }

        for (var server = 0; server < _weights.Length; server++)
        {
            ref var report = ref _reports[server];
            _weights[server] = report.IsKnown ? Math.Max(LeastWeight, report.GoodPerProcessorTime * known / sum) : 1;
        }
    }
}
