using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>The primary dies and is started again where it was; nobody takes over.</summary>
internal sealed class CrashRestart : Fault
{
    public override string Name => "crash restart";

    public override async Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene)
    {
        await victim.KillAsync();
        await scene.PauseAsync(0, 300);
        var accepted = scene.AcceptanceAsync(victim);
        await victim.StartAsync();
        return new(await accepted);
    }
}
