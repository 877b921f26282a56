namespace ClusterClient.Simulation.Protocols;

/// <summary>What one run gave. Latencies in milliseconds, of every request that was answered after the warm-up, errors at their deadline.</summary>
internal sealed record RunResult
{
    public required RunSpec Spec { get; init; }

    public required double P50 { get; init; }

    public required double P90 { get; init; }

    public required double P99 { get; init; }

    public required double P999 { get; init; }

    public required double Mean { get; init; }

    public required long Errors { get; init; }

    public required long Requests { get; init; }

    /// <summary>Jain's index of the servers' use, of the work that each did over what it could have: 1 when all are used alike.</summary>
    public required double Jain { get; init; }
}
