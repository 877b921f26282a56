using System.Collections.Immutable;

namespace ClusterClient.Topology;

/// <summary>What exists and who is primary: an immutable snapshot, replaced as a whole by the topology monitor.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ClusterTopology
{
    private readonly TaskCompletionSource<ClusterTopology> _next;

    internal ClusterTopology(ImmutableArray<NodeDescription> nodes, TopologyMemory memory, long version, ClusterTopology? amends = null)
    {
        Nodes = nodes;
        Memory = memory;
        Version = version;
        // A snapshot that only refreshes positions shares its successor with the one that it amends: whoever waits on either
        // wakes on the same change, and none is missed in between.
        _next = amends?._next ?? new(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var node in nodes)
        {
            if (node.Role == NodeRole.Primary)
            {
                Primary = node;
            }

            IsContested |= node.Status == NodeStatus.Contested;
        }
    }

    /// <summary>Every configured node, in the order of the configuration.</summary>
    public ImmutableArray<NodeDescription> Nodes { get; }

    /// <summary>The one node that accepts writes in the newest epoch, or null when none is known or several claim it.</summary>
    public NodeDescription? Primary { get; }

    /// <summary>Whether several nodes accept writes in the newest epoch, so that none of them is primary and writes are refused.</summary>
    public bool IsContested { get; }

    /// <summary>Identity of the history that all nodes share; null until enough of them agreed.</summary>
    public string? SystemId => Memory.SystemId;

    /// <summary>The newest epoch that any node of the group has shown; 0 before the first.</summary>
    public long Epoch => Memory.Epoch;

    /// <summary>Counts the changes of role, status, epoch or doubt; snapshots that only refresh positions share a version.</summary>
    public long Version { get; }

    /// <summary>
    /// Completes with the next snapshot that differs in a role, a status, an epoch or a doubt. Following this chain misses no
    /// change, however slowly it is followed.
    /// </summary>
    public Task<ClusterTopology> Next => _next.Task;

    internal TopologyMemory Memory { get; }

    /// <summary>How long ago the node that answered last did; null when none has answered yet.</summary>
    internal TimeSpan? Age(TimeProvider time) => Nodes.Max(static n => n.SeenAt) is > 0 and var seen ? time.GetElapsedTime(seen) : null;

    /// <summary>What a server said, when every node refused the monitor's login at the last look; null otherwise.</summary>
    internal Exception? LoginRefusal => Nodes.All(static n => n.IsLoginRefused) ? Nodes[0].Fault : null;

    /// <summary>Whether the monitor should look often: writes have nowhere to go, or somebody doubts what is known.</summary>
    internal bool NeedsAttention
    {
        get
        {
            if (Primary is null)
            {
                return true;
            }

            foreach (var node in Nodes)
            {
                if (node.IsDoubted || node.Status is NodeStatus.Unseen)
                {
                    return true;
                }
            }

            return false;
        }
    }

    internal void SupersededBy(ClusterTopology next) => _next.TrySetResult(next);
}
