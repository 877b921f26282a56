using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>
/// The standbys receive nothing while writes go on; then the primary dies and one of them takes over. Cut off and not hung: a hung one would
/// still find in its socket what was sent to it, and nothing need be lost. Mostly some clients have just not heard what became of a commit.
/// </summary>
/// <param name="commit">The text of a commit.</param>
internal sealed class LoseWrites(string commit) : Fault
{
    private const int MaxCuts = 4;

    public override string Name => "lose writes";

    public override async Task<FaultEffect> InjectAsync(PostgresNode victim, FaultScene scene)
    {
        await Task.WhenAll(scene.Standbys.Select(Replication.DetachAsync));

        // Few lost transactions have their ids given out again soon, and many are a longer list to name.
        await scene.PauseAsync(0, 400);
        int? cuts = null;
        if (scene.Chance(60))
        {
            using var trap = victim.Proxy.CutAt(commit, CutSide.AfterServer, CutManner.Reset, MaxCuts);
            await scene.SprungAsync(trap);
            cuts = trap.Cuts;
        }

        await victim.KillAsync();
        await scene.PauseAsync(0, 100);
        var effect = await scene.PromoteAsync(victim);
        await scene.PauseAsync(0, 300);
        await victim.RejoinAsync(scene.Primary);
        return effect with { Cuts = cuts };
    }
}
