using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>The primary dies; a standby takes over.</summary>
internal sealed class KillAndPromote : Fault
{
    public override string Name => "kill and promote";

    public override async Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene)
    {
        await victim.KillAsync();
        await scene.PauseAsync(0, 200);
        var effect = await scene.PromoteAsync(victim);
        await victim.RejoinAsync(scene.Primary);
        return effect;
    }
}
