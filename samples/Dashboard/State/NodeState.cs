using ClusterClient.Health;
using ClusterClient.Topology;

namespace Dashboard.State;

/// <summary>A node as it is shown. Times are in milliseconds.</summary>
internal sealed record NodeState
{
    public required string Name { get; init; }

    public required string Region { get; init; }

    public NodeRole Role { get; init; }

    public NodeStatus Status { get; init; }

    /// <summary>Why it is not online, in the library's words.</summary>
    public string? Reason { get; init; }

    public long Epoch { get; init; }

    public double? Lag { get; init; }

    /// <summary>Whether it lags more than reads may see.</summary>
    public bool IsStale { get; init; }

    public double RoundTrip { get; init; }

    /// <summary>Median of what this program's calls there took lately, from open to close; null when there were none.</summary>
    public double? Latency { get; init; }

    public int InFlight { get; init; }

    public int Queued { get; init; }

    /// <summary>Its share of what was lately decided, 0 to 1.</summary>
    public double Share { get; init; }

    public CircuitStatus Circuit { get; init; }

    public bool IsEjected { get; init; }

    /// <summary>What was done to it from this page, as far as it still lasts.</summary>
    public string? Injected { get; init; }

    /// <summary>What can be done to it from this page.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>Whether reads are sent there as to any other.</summary>
    public bool ServesReads => Role == NodeRole.Replica && !IsStale && !IsEjected && Circuit == CircuitStatus.Closed;
}
