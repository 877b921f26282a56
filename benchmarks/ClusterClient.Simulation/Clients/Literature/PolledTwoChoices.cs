namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>Of two servers drawn at random the one that had fewer requests in flight when all were last polled.</summary>
internal sealed class PolledTwoChoices(ClientSetup setup) : ScoredPolicy(setup, 2)
{
    private readonly IProber _prober = Probing.Of(setup, "yarp-p2c");
    private readonly int[] _inFlight = new int[setup.Servers];

    public override long TimerPeriod { get; } = (long)(setup.Parameters.Positive("poll", 500) * 1000);

    public override void OnTimer(long now)
    {
        for (var server = 0; server < _inFlight.Length; server++)
        {
            _prober.Probe(server);
        }
    }

    public override void OnProbed(int server, long now, in ServerFeedback feedback) => _inFlight[server] = feedback.InFlight;

    protected override double Score(int server, long now) => _inFlight[server];
}
