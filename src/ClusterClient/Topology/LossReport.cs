using System.Collections.Immutable;

namespace ClusterClient.Topology;

/// <summary>
/// What a failover lost of that which had been acknowledged to this process: commits that are lost for certain, and those of which it could
/// not be found out. What is proved to be there is not in it, and neither is what other processes wrote. Immutable.
/// </summary>
public sealed record LossReport
{
    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>The epoch that the commits were acknowledged in.</summary>
    public required long FromEpoch { get; init; }

    /// <summary>The epoch that took its place.</summary>
    public required long ToEpoch { get; init; }

    /// <summary>The node that took over.</summary>
    public required string Successor { get; init; }

    /// <summary>Where the new history left the old one, as far as its primary told; null when it did not.</summary>
    public LogPosition? ForkedAt { get; init; }

    /// <summary>
    /// Whether the fork lies exactly there. If not, the new primary may have restarted before this process saw it, and the fork may
    /// lie before that.
    /// </summary>
    public bool IsForkCertain { get; init; }

    /// <summary>The newest position of the old history that this process knows of.</summary>
    public required LogPosition LastAcknowledged { get; init; }

    /// <summary>Whether the old primary's commits waited for replicas, as far as this process's settings go.</summary>
    public bool WasSynchronous { get; init; }

    /// <summary>Commits of transactions that are not in the new history, in the order in which they were acknowledged.</summary>
    public ImmutableArray<LostCommit> Lost { get; init; } = [];

    /// <summary>Commits of transactions of which it could not be found out, in the order in which they were acknowledged.</summary>
    public ImmutableArray<LostCommit> DoubtfulCommits { get; init; } = [];

    /// <summary>
    /// How many more writes may be lost: commands outside of transactions, which are only counted, and commits too far back to be known one
    /// by one. A command that changed nothing may be among them.
    /// </summary>
    public int DoubtfulWrites { get; init; }

    /// <summary>About when the first of <see cref="DoubtfulWrites"/> was acknowledged; null when there are none.</summary>
    public DateTimeOffset? FirstAt { get; init; }

    /// <summary>About when the last of <see cref="DoubtfulWrites"/> was acknowledged; null when there are none.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>All of it as a sentence, with times in UTC and the names of the first commits.</summary>
    public override string ToString() => $"{Cluster}: {LossSentence.Of(this)}";
}
