using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>A replica receives and does not replay.</summary>
internal sealed class ReplicaLag : Fault
{
    public override string Name => "replica lags";

    public override PostgresNode Victim(FaultScene scene) => scene.Any(scene.Standbys);

    public override async Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene)
    {
        await victim.PauseReplayAsync();
        await scene.PauseAsync(100, 1_000);
        await victim.ResumeReplayAsync();
        return new();
    }
}
