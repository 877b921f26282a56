using System.Diagnostics;
using ClusterClient.Testing;

namespace ClusterClient.Benchmarks.Failover;

/// <summary>One failover under load, and the way back to three nodes.</summary>
internal sealed class FailoverRun(LocalPostgres group, Writes writes, int writers)
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    public async Task<FailoverResult> RunAsync()
    {
        using var stop = new CancellationTokenSource();
        WriteLoop[] loops = [.. Enumerable.Range(0, writers).Select(_ => new WriteLoop(writes))];
        var running = loops.Select(l => Task.Run(() => l.RunAsync(stop.Token))).ToArray();
        await Task.WhenAll(loops.Select(l => l.AcknowledgedBy(group.Primary.DirectPort)));
        await Task.Delay(Settle);

        var old = group.Primary;
        var killed = Stopwatch.GetTimestamp();
        await old.KillAsync();
        var next = await MostAdvancedAsync(group.Nodes.Where(n => n != old));
        var watch = await AcceptanceWatch.StartAsync(group, next);
        await next.PromoteAsync();
        var accepted = await watch.Accepted;
        var acknowledged = await Task.WhenAll(loops.Select(l => l.AcknowledgedBy(next.DirectPort))).WaitAsync(Limit);
        await stop.CancelAsync();
        await Task.WhenAll(running);

        await Task.WhenAll(group.Nodes.Where(n => n != old && n != next).Select(n => n.FollowAsync(next)));
        await old.RejoinAsync(next);
        await group.WaitForReplicationAsync();
        return new(
            Stopwatch.GetElapsedTime(accepted, acknowledged.Min()),
            Stopwatch.GetElapsedTime(accepted, acknowledged.Max()),
            Stopwatch.GetElapsedTime(killed, accepted),
            loops.Sum(l => l.Errors));
    }

    private static async Task<PostgresNode> MostAdvancedAsync(IEnumerable<PostgresNode> standbys)
    {
        var positions = await Task.WhenAll(standbys.Select(async n => (Node: n, Position: await n.PositionAsync())));
        return positions.MaxBy(p => p.Position).Node;
    }
}
