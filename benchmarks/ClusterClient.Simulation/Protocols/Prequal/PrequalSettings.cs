namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>Every number of the testbed: what was given, or the scenario's own. Times in µs.</summary>
internal sealed class PrequalSettings
{
    public const string DefaultScenario = "a2";

    private const double Millisecond = 1000;
    private const double Second = 1_000_000;

    public PrequalSettings(Parameters given)
    {
        var scenario = PrequalScenario.Of(given.Text("scenario", DefaultScenario));
        Duration = given.Positive("duration", 30) * Second;
        WarmUp = given.Number("warmup", 10) * Second;
        Cores = given.Positive("cores", 4);
        MachineSize = given.Positive("machine", 10);
        UseMean = given.Number("um", scenario.UseMean);
        UseDeviation = given.Number("usd", scenario.UseDeviation);
        UseNoise = given.Number("esd", scenario.UseNoise);
        Tau = given.Positive("tau", scenario.Tau) * Second;
        Step = given.Positive("step", 0.1) * Second;
        Floor = given.Positive("floor", scenario.Floor);
        Work = given.Positive("mu", scenario.Work) * Millisecond;
        WorkDeviation = given.Number("sd", Work / Millisecond) * Millisecond;
        SlowShare = given.Share("slow-share", scenario.SlowShare);
        Slowdown = given.Positive("slowdown", 2);
        Deadline = given.Positive("deadline", 5) * Second;
        FreezeEvery = given.Number("freeze-every", 0) * Second;
        FreezeFor = given.Positive("freeze-for", 0.25) * Second;
        FrozenCores = given.Positive("freeze-cores", 0.05);
        OneWay = given.Number("one-way", 0.15) * Millisecond;
        RingSize = given.Count("latency-ring", 8, 1);
        ErrorBlindWeights = given.Switch("wrr-ignores-errors", scenario.ErrorBlindWeights);
    }

    /// <summary>Name, meaning, default.</summary>
    public static IReadOnlyList<(string Name, string Meaning, string Default)> Parameters { get; } =
    [
        ("scenario", string.Join("; ", PrequalScenario.All.Select(s => $"{s.Name}: {s.Meaning}")), DefaultScenario),
        ("duration", "seconds of arrivals that are counted", "30"),
        ("warmup", "seconds before them that are not", "10"),
        ("cores", "cores of a server's allocation", "4"),
        ("machine", "a machine's cores, in allocations", "10"),
        ("um", "antagonists' mean use of a machine", "a1 .9, a2 .85, a3 .7, a4 .9, small .85"),
        ("usd", "standard deviation of that over the machines, lasting", "a1 .3, a2 .3, a3 .14, a4 .08, small .3"),
        ("esd", "standard deviation of it over time (an Ornstein-Uhlenbeck process)", "a4 .3, else .1"),
        ("tau", "time constant of that process, in seconds", "a4 1, else 3"),
        ("step", "seconds between its steps", "0.1"),
        ("floor", "share of its allocation that a server always gets", "a2 .8, else 1"),
        ("mu", "mode of a query's work, a truncated normal, in ms of a core", "a2 50, else 62.5"),
        ("sd", "standard deviation before it is truncated, in ms", "as mu"),
        ("slow-share", "share of the servers that are slower", "a2 and a3 .5, else 0"),
        ("slowdown", "how many times slower they are", "2"),
        ("deadline", "seconds until a query is given up", "5"),
        ("freeze-every", "seconds between a server's freezes, exponentially distributed; 0 for none", "0"),
        ("freeze-for", "seconds that a freeze lasts", "0.25"),
        ("freeze-cores", "cores that a frozen server has", "0.05"),
        ("one-way", "ms from client to server", "0.15"),
        ("latency-ring", "latencies that a server keeps per number of requests in flight", "8"),
        ("wrr-ignores-errors", "whether wrr's weights count expired queries as good: on or off", "on in a1 and a4, else off"),
    ];

    public double Duration { get; }

    public double WarmUp { get; }

    public double Cores { get; }

    public double MachineSize { get; }

    public double UseMean { get; }

    public double UseDeviation { get; }

    public double UseNoise { get; }

    public double Tau { get; }

    public double Step { get; }

    public double Floor { get; }

    public double Work { get; }

    public double WorkDeviation { get; }

    public double SlowShare { get; }

    public double Slowdown { get; }

    public double Deadline { get; }

    public double FreezeEvery { get; }

    public double FreezeFor { get; }

    public double FrozenCores { get; }

    public double OneWay { get; }

    public int RingSize { get; }

    public bool ErrorBlindWeights { get; }
}
