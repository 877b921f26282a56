using ClusterClient.Topology;

namespace Dashboard.State;

/// <summary>What the page shows at one moment.</summary>
internal sealed record ClusterState
{
    public DateTimeOffset At { get; init; }

    public long Epoch { get; init; }

    /// <summary>The region that this program is located in.</summary>
    public required string Here { get; init; }

    public required IReadOnlyList<NodeState> Nodes { get; init; }

    public double WritesPerSecond { get; init; }

    public double ReadsPerSecond { get; init; }

    /// <summary>Calls that ended in an error, from the beginning.</summary>
    public int Errors { get; init; }

    /// <summary>Whether no write has succeeded for longer than the writers' rhythm explains.</summary>
    public bool AreWritesStuck { get; init; }

    public NodeState? Primary => Nodes.FirstOrDefault(node => node.Role == NodeRole.Primary);
}
