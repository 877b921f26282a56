using System.Collections.Concurrent;
using System.Globalization;
using ClusterClient.Testing;

namespace Dashboard.Servers;

/// <summary>Does to the servers what the reader asks for, one thing at a time at each of them.</summary>
/// <param name="group">The servers.</param>
/// <param name="primaryName">Who is primary as the library sees it; null when nobody is.</param>
internal sealed class Operator(LocalPostgres group, Func<string?> primaryName)
{
    private readonly ConcurrentDictionary<string, NodeCondition> _conditions = new();
    private readonly Dictionary<string, SemaphoreSlim> _turns = group.Nodes.ToDictionary(node => node.Name, _ => new SemaphoreSlim(1));

    /// <summary>A commit waits for one other server, so that the successor has what was acknowledged; us is far away.</summary>
    public async Task PrepareAsync()
    {
        await Task.WhenAll(group.Nodes.Select(node => node.ConfigureAsync("synchronous_standby_names", "ANY 1 (*)")));
        foreach (var node in group.Nodes)
            SetDistance(node);
    }

    public bool Knows(string node) => _turns.ContainsKey(node);

    /// <summary>What was done to a node and still lasts, in words; null when nothing was.</summary>
    public string? Injected(string node) => Condition(node).InWords(group[node].IsRunning);

    /// <summary>What makes sense to do to a node now.</summary>
    public IEnumerable<NodeAction> Offered(string node)
    {
        var condition = Condition(node);
        var (isUp, isPrimary) = (group[node].IsRunning && !condition.IsHung, node == primaryName());
        if (group[node].IsRunning)
        {
            yield return NodeAction.Kill;
            yield return condition.IsHung ? NodeAction.Resume : NodeAction.Hang;
        }

        if (isUp && !isPrimary)
            yield return NodeAction.Promote;
        yield return NodeAction.Restart;
        if (!isPrimary && primaryName() is not null)
            yield return NodeAction.Rejoin;
        yield return condition.IsCut ? NodeAction.HealLink : NodeAction.CutLink;
        if (isUp && !isPrimary)
            yield return condition.IsReplayPaused ? NodeAction.ResumeReplay : NodeAction.PauseReplay;
    }

    /// <summary>Does it and returns when it is done.</summary>
    /// <exception cref="InvalidOperationException">Something else is being done to this node.</exception>
    public async Task DoAsync(string name, NodeAction action)
    {
        var turn = _turns[name];
        if (!turn.Wait(0))
            throw new InvalidOperationException($"Something else is being done to {name} just now.");
        try
        {
            await DoAsync(group[name], action);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task DoAsync(PostgresNode node, NodeAction action)
    {
        switch (action)
        {
            case NodeAction.Kill:
                await node.KillAsync();
                _conditions[node.Name] = Condition(node.Name) with { IsHung = false, IsReplayPaused = false };
                break;
            case NodeAction.Hang:
                node.Hang();
                _conditions[node.Name] = Condition(node.Name) with { IsHung = true };
                break;
            case NodeAction.Resume:
                node.Resume();
                _conditions[node.Name] = Condition(node.Name) with { IsHung = false };
                break;
            case NodeAction.Promote:
                await PromoteAsync(node);
                break;
            case NodeAction.Restart:
                await node.RestartAsync();
                _conditions[node.Name] = Condition(node.Name) with { IsHung = false, IsReplayPaused = false };
                break;
            case NodeAction.Rejoin:
                await node.RejoinAsync(Primary() ?? throw new InvalidOperationException("There is no primary to join."));
                _conditions[node.Name] = Condition(node.Name) with { IsHung = false, IsReplayPaused = false };
                break;
            case NodeAction.CutLink:
                node.Proxy.Drop();
                _conditions[node.Name] = Condition(node.Name) with { IsCut = true };
                break;
            case NodeAction.HealLink:
                node.Proxy.Heal();
                SetDistance(node);
                _conditions[node.Name] = Condition(node.Name) with { IsCut = false };
                break;
            case NodeAction.PauseReplay:
                await node.PauseReplayAsync();
                _conditions[node.Name] = Condition(node.Name) with { IsReplayPaused = true };
                break;
            case NodeAction.ResumeReplay:
                await node.ResumeReplayAsync();
                _conditions[node.Name] = Condition(node.Name) with { IsReplayPaused = false };
                break;
        }
    }

    private async Task PromoteAsync(PostgresNode node)
    {
        await node.PromoteAsync();
        _conditions[node.Name] = Condition(node.Name) with { IsReplayPaused = false };
        var fork = long.Parse(
            await node.ExecuteAsync("select (pg_last_wal_replay_lsn() - '0/0')::bigint") ?? "0", CultureInfo.InvariantCulture);
        await Task.WhenAll(group.Nodes.Where(other => other != node).Select(other => FollowAsync(other, node, fork)));
    }

    // A dead or hung server follows when it is brought back, and so does a primary.
    private async Task FollowAsync(PostgresNode node, PostgresNode primary, long fork)
    {
        if (!node.IsRunning || Condition(node.Name).IsHung || await node.ExecuteAsync("select pg_is_in_recovery()") != "t")
            return;
        if (await node.PositionAsync() <= fork)
            await node.FollowAsync(primary);
        else
            await node.RejoinAsync(primary); // It had received what the new primary never had.
    }

    private PostgresNode? Primary() => primaryName() is { } name ? group[name] : null;

    private NodeCondition Condition(string node) => _conditions.GetValueOrDefault(node) ?? new();

    private static void SetDistance(PostgresNode node) => node.Proxy.Latency = node.Region == Places.Elsewhere ? Places.Distance : TimeSpan.Zero;
}
