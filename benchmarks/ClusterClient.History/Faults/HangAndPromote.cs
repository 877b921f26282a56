using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>The primary hangs; a standby takes over; mostly the old one wakes up later and still takes itself for the primary.</summary>
internal sealed class HangAndPromote : Fault
{
    public override string Name => "hang and promote";

    public override async Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene)
    {
        victim.Hang();

        // Sooner and later than the library notices.
        await scene.PauseAsync(0, 1_000);
        var effect = await scene.PromoteAsync(victim);
        if (scene.Chance(75))
        {
            await scene.PauseAsync(0, 300);
            victim.Resume();
            await scene.PauseAsync(100, 500);
        }

        await victim.RejoinAsync(scene.Primary);
        return effect;
    }
}
