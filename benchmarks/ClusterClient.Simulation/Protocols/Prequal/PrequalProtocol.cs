namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>
/// The testbed of Prequal (Wydrowski, Kleinberg, Rumble, Archer: "Load is not what you should balance", NSDI 2024): many clients,
/// many servers, each with a small allocation on a machine whose other users leave more or less beyond it.
/// </summary>
internal sealed class PrequalProtocol : Protocol
{
    public override string Name => "prequal";

    public override string Description => "Prequal's testbed: servers with an allocation each beside antagonists, queries of some 80 ms of processor time";

    public override int DefaultNodes => Default.Nodes;

    public override int DefaultClients => Default.Clients;

    public override IReadOnlyList<double> DefaultLoads => Default.Loads;

    public override string ReferencePolicy => "prequal";

    public override IReadOnlyList<string> DefaultPolicies => ["prequal", "wrr", "lor", "aged-cubic"];

    public override IReadOnlyList<(string Name, string Meaning, string Default)> Parameters => PrequalSettings.Parameters;

    private static PrequalScenario Default => PrequalScenario.Of(PrequalSettings.DefaultScenario);

    public override (int Nodes, int Clients, IReadOnlyList<double> Loads) DefaultsFor(IReadOnlyDictionary<string, string> parameters)
    {
        var scenario = PrequalScenario.Of(parameters.GetValueOrDefault("scenario", PrequalSettings.DefaultScenario));
        return (scenario.Nodes, scenario.Clients, scenario.Loads);
    }

    public override RunResult Run(RunSpec spec) => new PrequalRun(spec).Run();
}
