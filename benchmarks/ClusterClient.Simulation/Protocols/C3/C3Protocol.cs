namespace ClusterClient.Simulation.Protocols.C3;

/// <summary>
/// The simulation of C3 (Suresh, Canini, Schmid, Feldmann: "C3: Cutting tail latency in cloud data stores via adaptive replica
/// selection", NSDI 2015): many clients of a replicated store whose servers change their speed every so often.
/// </summary>
internal sealed class C3Protocol : Protocol
{
    public override string Name => "c3";

    public override string Description => "C3's simulation: 50 servers that flip between two speeds, three replicas of each piece of data, 150 clients";

    public override int DefaultNodes => 50;

    public override int DefaultClients => 150;

    public override IReadOnlyList<double> DefaultLoads => [0.45, 0.7];

    public override string ReferencePolicy => "c3";

    public override IReadOnlyList<string> DefaultPolicies => ["c3", "c3-nolimit", "oracle", "lor", "aged-cubic"];

    public override IReadOnlyList<(string Name, string Meaning, string Default)> Parameters => C3Settings.Parameters;

    public override RunResult Run(RunSpec spec) => new C3Run(spec).Run();
}
