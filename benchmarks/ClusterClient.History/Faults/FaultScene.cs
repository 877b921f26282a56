using ClusterClient.History.Recording;
using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>What faults are made with: the servers, chance, and an operator who knows how to promote. For one fault at a time.</summary>
internal sealed class FaultScene(LocalPostgres group, RunClock clock, Random random, CancellationToken stop)
{
    private static readonly TimeSpan SpringLimit = TimeSpan.FromSeconds(3);

    public LocalPostgres Group => group;

    public PostgresNode Primary => group.Primary;

    public IReadOnlyList<PostgresNode> Standbys => [.. group.Nodes.Where(n => n != group.Primary)];

    public DateTimeOffset Now => clock.Now;

    public bool Chance(int percent) => random.Next(100) < percent;

    /// <summary>A whole number, both ends included.</summary>
    public int Between(int least, int most) => random.Next(least, most + 1);

    public T Any<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];

    public Task PauseAsync(int fromMs, int toMs) => Task.Delay(random.Next(fromMs, toMs), stop);

    /// <summary>Waits until a trap has sprung; not for long, as clients may be busy otherwise or go past the link.</summary>
    public async Task SprungAsync(ProxyTrap trap) => await Task.WhenAny(trap.Sprung, Task.Delay(SpringLimit, stop));

    /// <summary>Begins to try writes at a node, past the library and its proxy.</summary>
    /// <returns>When one was accepted first.</returns>
    public Task<DateTimeOffset> AcceptanceAsync(PostgresNode node) => Acceptance.WatchAsync(group, node, clock);

    /// <summary>
    /// Promotes the standby that has most, and lets the others follow it. They are cut off from the old primary before they are compared:
    /// from then on no standby can acknowledge to it what the next primary lacks, so that nothing is lost which waited for a standby.
    /// </summary>
    public async Task<FaultEffect> PromoteAsync(PostgresNode old)
    {
        var standbys = group.Nodes.Where(n => n != old).ToArray();
        await Task.WhenAll(standbys.Select(Replication.DetachAsync));
        var positions = await Task.WhenAll(standbys.Select(n => n.PositionAsync()));
        var most = positions.Max();
        var next = Any([.. standbys.Where((_, at) => positions[at] == most)]);
        var accepted = AcceptanceAsync(next);
        await next.PromoteAsync(stop);
        await Task.WhenAll(standbys.Where(n => n != next).Select(n => n.FollowAsync(next)));
        return new(await accepted, next.Name);
    }
}
