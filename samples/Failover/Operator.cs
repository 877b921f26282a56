using System.Diagnostics;
using System.Globalization;
using ClusterClient.Testing;

namespace Failover;

/// <summary>
/// Manages the servers as Patroni would: promotes, re-points, brings back. It knows nothing of the contenders, nor they of it.
/// </summary>
/// <remarks>
/// No acknowledged write is lost because a commit waits for all other members but one: of any two of them at least one has it, so
/// the more advanced of a region's nodes has all of them. A node that is left alone with one other waits for that one.
/// </remarks>
internal sealed class Operator(LocalPostgres group, Story story)
{
    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>Where the present primary's history left the one before it.</summary>
    private long _fork;

    /// <summary>Sets the rule on every node beforehand, so that none is ever primary without it.</summary>
    public Task RequireReplicationAsync() => Task.WhenAll(group.Nodes.Select(node => RequireAsync(node, group.Nodes)));

    /// <summary>Puts another node in the primary's place: the most advanced that is left in a region.</summary>
    /// <returns>The timestamp of the promotion.</returns>
    public async Task<long> FailOverAsync(string region, IReadOnlyCollection<PostgresNode> lost)
    {
        PostgresNode[] members = [.. group.Nodes.Except(lost)];
        var chosen = await MostAdvancedAsync([.. members.Where(node => node.Region == region)]);
        var rule = await RequireAsync(chosen, members);
        await chosen.PromoteAsync();
        var promotedAt = Stopwatch.GetTimestamp();
        story.Tell("operator", $"promoted {chosen.Name}, the most advanced in {region}; commits wait for {rule}");

        _fork = long.Parse(
            await chosen.ExecuteAsync("select (pg_last_wal_replay_lsn() - '0/0')::bigint") ?? "0", CultureInfo.InvariantCulture);
        await Task.WhenAll(members.Where(node => node != chosen).Select(FollowAsync));
        return promotedAt;
    }

    /// <summary>Makes replicas of nodes that were lost and are reachable again, and has commits wait for them too.</summary>
    public async Task BringBackAsync(PostgresNode oldPrimary, IEnumerable<PostgresNode> itsStandbys)
    {
        await Task.WhenAll([oldPrimary.RejoinAsync(group.Primary), .. itsStandbys.Select(FollowAsync)]);
        var rule = await RequireAsync(group.Primary, group.Nodes);
        story.Tell("operator", $"all follow {group.Primary.Name}; commits wait for {rule}");
    }

    private async Task FollowAsync(PostgresNode node)
    {
        if (await node.PositionAsync() <= _fork)
        {
            await node.FollowAsync(group.Primary);
            return;
        }

        story.Tell("operator", $"{node.Name} has what {group.Primary.Name} never had, unacknowledged; rewinds it");
        await node.RejoinAsync(group.Primary);
    }

    private static async Task<string> RequireAsync(PostgresNode node, IReadOnlyCollection<PostgresNode> members)
    {
        string[] others = [.. members.Where(member => member != node).Select(member => member.Name)];
        var wait = Math.Max(1, others.Length - 1);
        await node.ConfigureAsync("synchronous_standby_names", $"ANY {wait} ({string.Join(", ", others.Select(name => $"\"{name}\""))})");
        return $"{wait} of {string.Join(", ", others)}";
    }

    // What the old primary had sent may still be on its way into a standby's files: positions count once they stand still.
    private static async Task<PostgresNode> MostAdvancedAsync(PostgresNode[] candidates)
    {
        var positions = await PositionsAsync(candidates);
        while (true)
        {
            await Task.Delay(PauseBetweenLooks);
            var before = positions;
            positions = await PositionsAsync(candidates);
            if (positions.SequenceEqual(before))
                return candidates[Array.IndexOf(positions, positions.Max())];
        }
    }

    private static Task<long[]> PositionsAsync(PostgresNode[] nodes) => Task.WhenAll(nodes.Select(node => node.PositionAsync()));
}
