using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>Clients lose the primary, which goes on and keeps its standbys; or one of these takes over meanwhile.</summary>
internal sealed class LinkFault(LinkTrouble trouble, bool promotes) : Fault
{
    public override string Name => trouble switch
    {
        LinkTrouble.Drop => "link drops",
        LinkTrouble.HalfOpen => "link half-open",
        _ => "link reset",
    } + (promotes ? " and promote" : "");

    public override async Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene)
    {
        switch (trouble)
        {
            case LinkTrouble.Drop:
                victim.Proxy.Drop();
                break;
            case LinkTrouble.HalfOpen:
                victim.Proxy.CutHalfOpen();
                break;
            default:
                victim.Proxy.Reset();
                break;
        }

        if (promotes)
        {
            await scene.PauseAsync(0, 600);
            var effect = await scene.PromoteAsync(victim);
            await scene.PauseAsync(0, 200);
            victim.Proxy.Heal();
            await scene.PauseAsync(100, 500);
            await victim.RejoinAsync(scene.Primary);
            return effect;
        }

        if (trouble == LinkTrouble.Reset)
        {
            return new();
        }

        await scene.PauseAsync(30, 1_200);
        victim.Proxy.Heal();
        return new(scene.Now);
    }
}
