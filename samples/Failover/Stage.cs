using System.Collections.Concurrent;
using ClusterClient;
using ClusterClient.Testing;
using ClusterClient.Topology;

namespace Failover;

/// <summary>Everything there is to look at; the scenario changes it, the screen shows it.</summary>
internal sealed class Stage(LocalPostgres group, ClusterDataSource cluster, Contender[] contenders, Story story, Decisions decisions)
{
    private volatile string _phase = "";

    public LocalPostgres Group => group;

    public ClusterDataSource Cluster => cluster;

    public IReadOnlyList<Contender> Contenders => contenders;

    public Story Story => story;

    public Decisions Decisions => decisions;

    public string Phase => _phase;

    /// <summary>What was done to a node, to be held against what the library makes of it.</summary>
    public ConcurrentDictionary<string, string> Injected { get; } = new();

    public void Begin(string phase)
    {
        _phase = phase;
        story.Tell("demo", $"--- {phase} ---");
    }

    /// <summary>A moment at which it is worth knowing why calls go where they go; a live table shows it all the time.</summary>
    public void Explain()
    {
        if (decisions.AreShown && story.IsPrinted)
            story.Tell("library", decisions.Text());
    }

    /// <summary>Waits until the library has found out that this node is a primary no more.</summary>
    public async Task WaitUntilFencedAsync(PostgresNode node, TimeSpan limit, CancellationToken stop)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limited.CancelAfter(limit);
        try
        {
            await foreach (var topology in cluster.WatchTopologyAsync(limited.Token))
            {
                if (topology.Nodes.Any(seen => seen.Endpoint.Name == node.Name && seen.Status == NodeStatus.Fenced))
                    return;
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            story.Tell("demo", $"{node.Name} was not found out in {limit.TotalSeconds:0} s");
        }
    }
}
