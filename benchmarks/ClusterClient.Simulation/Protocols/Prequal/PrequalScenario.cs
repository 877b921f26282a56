namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>A named setting of the testbed: the defaults of the parameters that differ between the published experiments.</summary>
internal sealed record PrequalScenario(string Name, string Meaning)
{
    public IReadOnlyList<double> Loads { get; init; } = [0.75, 0.83, 0.93, 1.03, 1.14, 1.27, 1.41, 1.57, 1.74];

    public int Nodes { get; init; } = 100;

    public int Clients { get; init; } = 100;

    /// <summary>The antagonists' mean use of a machine, over the machines.</summary>
    public double UseMean { get; init; } = 0.9;

    /// <summary>How much that differs from machine to machine, for good.</summary>
    public double UseDeviation { get; init; } = 0.3;

    /// <summary>How much it moves with time on each machine.</summary>
    public double UseNoise { get; init; } = 0.1;

    /// <summary>How fast it moves: its time constant, in seconds.</summary>
    public double Tau { get; init; } = 3;

    /// <summary>What a server gets of its allocation whatever the antagonists do.</summary>
    public double Floor { get; init; } = 1;

    /// <summary>The mode of a query's work, in ms.</summary>
    public double Work { get; init; } = 62.5;

    /// <summary>The share of the servers that are slower.</summary>
    public double SlowShare { get; init; }

    /// <summary>Whether the weights of weighted round robin count expired requests as good.</summary>
    public bool ErrorBlindWeights { get; init; }

    public static IReadOnlyList<PrequalScenario> All { get; } =
    [
        new("a1", "load ramp: lasting differences, up to 1.74 times the allocation") { ErrorBlindWeights = true },
        new("a2", "rule table: half of the servers twice as slow")
        {
            Loads = [0.7, 0.9], UseMean = 0.85, Floor = 0.8, Work = 50, SlowShare = 0.5,
        },
        new("a3", "sweeps of Prequal's parameters: --prequal-quantile, --prequal-probes; half of the servers twice as slow")
        {
            Loads = [0.75, 1.5], UseMean = 0.7, UseDeviation = 0.14, SlowShare = 0.5,
        },
        new("a4", "volatile antagonists: differences that come and go; --tau 1 and 5")
        {
            Loads = [1.14, 1.5], UseDeviation = 0.08, UseNoise = 0.3, Tau = 1, ErrorBlindWeights = true,
        },
        new("small", "as many servers as a database has") { Loads = [0.75, 0.9], UseMean = 0.85, Nodes = 8, Clients = 40 },
    ];

    public static PrequalScenario Of(string name) =>
        All.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"--scenario is one of {string.Join(", ", All.Select(s => s.Name))}, not '{name}'.");
}
