using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>The primary hangs and goes on; nobody takes over.</summary>
internal sealed class HangForAWhile : Fault
{
    public override string Name => "hang for a while";

    public override async Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene)
    {
        victim.Hang();
        var accepted = scene.AcceptanceAsync(victim);
        await scene.PauseAsync(50, 1_500);
        victim.Resume();
        return new(await accepted);
    }
}
