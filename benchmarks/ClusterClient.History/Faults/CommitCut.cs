using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>
/// Connections are cut at the message COMMIT, before the server has it or when it answers. The server goes on; or it is killed right after,
/// and is started again or replaced.
/// </summary>
internal sealed class CommitCut(string text, CutSide side, CutManner manner) : Fault
{
    /// <summary>How a commit is sent, by itself or behind a marker.</summary>
    public const string AsText = "COMMIT";

    private const int MaxCuts = 4;

    public override string Name =>
        $"cut {(side == CutSide.BeforeServer ? "before" : "after")} COMMIT{(manner == CutManner.Drop ? ", silently" : "")}";

    public override async Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene)
    {
        using var trap = victim.Proxy.CutAt(text, side, manner, scene.Between(1, MaxCuts));
        await scene.SprungAsync(trap);
        await scene.PauseAsync(0, 50);
        if (scene.Chance(40))
        {
            // Several may be under way, of which some are acknowledged and some are not.
            var effect = await (scene.Chance(50) ? new KillAndPromote() : (Fault)new CrashRestart()).InjectAsync(victim, scene);
            victim.Proxy.Heal();
            return effect with { Cuts = trap.Cuts };
        }

        await scene.PauseAsync(0, manner == CutManner.Drop ? 1_000 : 50);
        victim.Proxy.Heal();

        // Until then nobody was told who had been cut off silently.
        return new(manner == CutManner.Drop ? scene.Now : null, Cuts: trap.Cuts);
    }
}
