using System.Collections.Immutable;
using System.Data.Common;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>What a change of the schema asks for beside its statements: the drivers keep lists of types, a node each.</summary>
internal sealed class SchemaChanges(ImmutableArray<ClusterNode> nodes, TopologyMonitor monitor, TimeProvider time)
{
    /// <summary>How long a replica is waited for; one that is later than that gets its types all the same, when it has them.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private int _reloads;

    /// <summary>
    /// What data sources pass for within a flow of control that changes the schema; null outside of one. Tools that create and drop databases
    /// do it on connections of their driver's own class, and ask for those through <see cref="DbDataSource"/>.
    /// </summary>
    public AsyncLocal<DbDataSource?> Native { get; } = new();

    public DbDataSource SourceOf(int node) => nodes[node].Source;

    /// <summary>Drops the idle connections to every node: to a database that was dropped they are dead.</summary>
    public void ClearPools()
    {
        foreach (var node in nodes)
        {
            node.Driver.ClearPool();
        }
    }

    /// <summary>Ends when all nodes that are there have the types that the primary has now, or those that are late have been waited for.</summary>
    public async Task ReloadTypesAsync(CancellationToken cancellationToken)
    {
        monitor.Start();
        var reload = Interlocked.Increment(ref _reloads);
        var primary = await ReachedAsync(cancellationToken).ConfigureAwait(false);
        await nodes[primary.Index].Driver.ReloadTypesAsync(cancellationToken).ConfigureAwait(false);
        var there = monitor.Current.Nodes.Where(n => n.Index != primary.Index && n.Status == NodeStatus.Online).Select(n => n.Index).ToHashSet();
        // Each on its own, whether it is there now or comes later; nobody waits for those that come later.
        var others = nodes.Where(n => n.Index != primary.Index).Select(n => (n.Index, Reload: FollowAsync(n, primary, reload))).ToArray();
        try
        {
            await Task.WhenAll(others.Where(o => there.Contains(o.Index)).Select(o => o.Reload))
                .WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }
    }

    // Where the primary is, or has been since, when it was asked after this began.
    private async Task<NodeDescription> ReachedAsync(CancellationToken cancellationToken)
    {
        for (var (began, pause) = (time.GetTimestamp(), FirstPause); ; pause = Longer(pause))
        {
            var primary = monitor.Current.Primary;
            if (primary is not null && primary.SeenAt > began)
            {
                return primary;
            }

            ObjectDisposedException.ThrowIf(monitor.IsStopped, this);
            if (primary is not null)
            {
                monitor.LookAt(primary.Index);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(ClusterNode node, NodeDescription primary, int reload)
    {
        for (var pause = FirstPause; !monitor.IsStopped && Volatile.Read(ref _reloads) == reload; pause = Longer(pause))
        {
            var seen = monitor.Current.Nodes[node.Index];
            if (seen.Status == NodeStatus.Online && (seen.Epoch > primary.Epoch || (seen.Epoch == primary.Epoch && seen.Position >= primary.Position)))
            {
                try
                {
                    await node.Driver.ReloadTypesAsync(CancellationToken.None).ConfigureAwait(false);
                    return;
                }
#pragma warning disable CA1031 // It is tried again, and the calls that meet the same tell of it.
                catch (Exception)
#pragma warning restore CA1031
                {
                }
            }
            else if (seen.Status == NodeStatus.Online)
            {
                monitor.LookAt(node.Index);
            }

            await Task.Delay(pause, time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
