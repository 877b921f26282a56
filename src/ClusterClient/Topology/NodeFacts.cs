namespace ClusterClient.Topology;

/// <summary>What one look at a node brought back. The driver reports, it does not judge.</summary>
public sealed record NodeFacts
{
    /// <summary>Whether the node accepts writes.</summary>
    public required bool IsWritable { get; init; }

    /// <summary>Identity of the history that the node belongs to; the same on every node of a replication group.</summary>
    public required string SystemId { get; init; }

    /// <summary>Generation of that history, one higher with every promotion: PostgreSQL's timeline.</summary>
    public required long Epoch { get; init; }

    /// <summary>
    /// Whether <see cref="Epoch"/> may be older than the truth, because the server cannot tell it or not to this role. Such a node is
    /// not taken for diverged.
    /// </summary>
    public bool IsEpochLowerBound { get; init; }

    /// <summary>How far the node is: written on a primary, replayed on a replica.</summary>
    public required LogPosition Position { get; init; }

    /// <summary>
    /// On a primary: the end of all that was put into its log before the look was answered, in memory or on disk; every commit that it had
    /// acknowledged by then lies before it. Null when the server does not tell, and <see cref="Position"/> stands for it.
    /// </summary>
    public LogPosition? Inserted { get; init; }

    /// <summary>On a primary: whether the commits of a role like the monitor's wait for replicas before they are acknowledged.</summary>
    public bool IsSynchronous { get; init; }

    /// <summary>On a primary that was promoted: where its epoch left the one before, when the server still knows it.</summary>
    public LogPosition? ForkedAt { get; init; }

    /// <summary>
    /// Whether that is so for certain. Otherwise the server has been restarted since its promotion, and tells where it recovered to from a
    /// crash instead, at the fork or after it.
    /// </summary>
    public bool IsForkCertain { get; init; }

    /// <summary>On a replica: age of the last transaction that it replayed. Misleading on an idle primary, so only a hint.</summary>
    public TimeSpan? ReplayAge { get; init; }

    /// <summary>
    /// What of the look's time was not the network's one way there and back, where that can be told: the server's work, and the making
    /// of a connection where there was none yet. What is left is the round trip.
    /// </summary>
    public TimeSpan? ServerTime { get; init; }

    /// <summary>
    /// Connections that count against <see cref="ConnectionLimit"/>: everybody's, or where a limit of the role's or the database's will be
    /// used up sooner, those. Null when the server does not tell.
    /// </summary>
    public int? Connections { get; init; }

    /// <summary>How many connections a role like the monitor's may have; null when the server does not tell.</summary>
    public int? ConnectionLimit { get; init; }

    /// <summary>Connections that are at work, as far as the monitor's role may see them; null when the server does not tell.</summary>
    public int? ActiveConnections { get; init; }
}
