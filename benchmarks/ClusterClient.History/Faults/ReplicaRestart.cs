using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>A replica dies and is started again.</summary>
internal sealed class ReplicaRestart : Fault
{
    public override string Name => "replica restarts";

    public override PostgresNode Victim(FaultScene scene) => scene.Any(scene.Standbys);

    public override async Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene)
    {
        await victim.KillAsync();
        await scene.PauseAsync(0, 500);
        await victim.StartAsync();
        return new();
    }
}
