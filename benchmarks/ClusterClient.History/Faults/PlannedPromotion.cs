using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>A standby takes over from a primary that is well and goes on for a while as if nothing were.</summary>
internal sealed class PlannedPromotion : Fault
{
    public override string Name => "planned promotion";

    public override async Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene)
    {
        var effect = await scene.PromoteAsync(victim);
        await scene.PauseAsync(100, 600);
        await victim.RejoinAsync(scene.Primary);
        return effect;
    }
}
