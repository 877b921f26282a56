namespace ClusterClient.Simulation.Protocols.Database;

/// <summary>
/// A database's shape, which no publication has: few replicas with some cores, application processes in two zones, one replica
/// far away, and replicas that now and then freeze or run slow.
/// </summary>
internal sealed class DatabaseProtocol : Protocol
{
    public override string Name => "database";

    public override string Description => "A database's shape: 5 replicas of 8 cores, 20 clients in two zones, a replica far away, freezes and brown-outs";

    public override int DefaultNodes => 5;

    public override int DefaultClients => 20;

    public override IReadOnlyList<double> DefaultLoads => [0.5, 0.7, 0.85];

    public override IReadOnlyList<string> DefaultPolicies => ["lor", "p2c", "rr", "peak-ewma", "mongo", "aged-cubic", "oracle"];

    public override IReadOnlyList<(string Name, string Meaning, string Default)> Parameters => DatabaseSettings.Parameters;

    public override RunResult Run(RunSpec spec) => new DatabaseRun(spec).Run();
}
