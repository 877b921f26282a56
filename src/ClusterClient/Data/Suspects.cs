using System.Collections.Immutable;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>What one history had acknowledged that the present one is not proved to have.</summary>
internal sealed record Suspects
{
    /// <summary>The history that it was acknowledged in.</summary>
    public required History From { get; init; }

    /// <summary>The present one.</summary>
    public required History To { get; init; }

    /// <summary>How much of the one the other has.</summary>
    public required Reach Reach { get; init; }

    /// <summary>The newest position that is known of the old history.</summary>
    public required LogPosition LastAcknowledged { get; init; }

    /// <summary>Whether all of it was acknowledged while commits waited for replicas.</summary>
    public required bool IsSynchronous { get; init; }

    /// <summary>Commits beyond the fork.</summary>
    public ImmutableArray<AcknowledgedCommit> Lost { get; init; } = [];

    /// <summary>Commits that may lie before it or beyond it.</summary>
    public ImmutableArray<AcknowledgedCommit> Doubtful { get; init; } = [];

    /// <summary>The intervals that the writes below are counted in.</summary>
    public ImmutableArray<EndedInterval> Intervals { get; init; } = [];

    /// <summary>Writes that are only counted, and may lie before it or beyond it.</summary>
    public int Writes { get; init; }

    /// <summary>About when the first of the writes was acknowledged, in µs.</summary>
    public long FirstAt { get; init; }

    /// <summary>About when the last of the writes was, in µs.</summary>
    public long LastAt { get; init; }

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => Lost.IsEmpty && Doubtful.IsEmpty && Writes == 0;
}
