namespace ClusterClient.Topology;

/// <summary>What happened in a cluster.</summary>
public enum TopologyEventKind
{
    /// <summary>A primary is known where none was, or another than before.</summary>
    PrimaryFound,

    /// <summary>The primary is not known any more; writes wait.</summary>
    PrimaryLost,

    /// <summary>Several nodes accept writes in the newest epoch; writes are refused until one remains.</summary>
    PrimaryContested,

    /// <summary>A node answers again, or for the first time.</summary>
    NodeOnline,

    /// <summary>A node refuses connections, broke them, or answers nothing.</summary>
    NodeLost,

    /// <summary>A node belongs to another replication group and is never used.</summary>
    NodeRejected,

    /// <summary>A node still accepts writes in an epoch that was superseded; its connections were ended.</summary>
    NodeFenced,

    /// <summary>A replica holds history that the newest epoch does not have; it is not read from.</summary>
    NodeDiverged,

    /// <summary>
    /// A replica answers the monitor, but the calls to it fail or hang unlike its peers': it is kept out for a while, which the
    /// message tells together with the cause.
    /// </summary>
    NodeEjected,

    /// <summary>An ejection is over; the node may serve again, a few requests at first.</summary>
    NodeReadmitted,

    /// <summary>
    /// The calls to a node fail, or the trial did: its circuit is open for a while, which the message tells together with the cause. Reads
    /// go elsewhere where they can; writes to a primary wait.
    /// </summary>
    CircuitOpened,

    /// <summary>A break is over: one call is let through as the trial that decides.</summary>
    CircuitHalfOpened,

    /// <summary>A node's circuit is closed: the trial was answered, its server came back, or an operator reset it.</summary>
    CircuitClosed,

    /// <summary>An operator isolated a node: nothing is sent there until it is reset.</summary>
    NodeIsolated,

    /// <summary>
    /// A failover lost writes that had been acknowledged to this process, or may have: <see cref="TopologyEvent.Loss"/> names them.
    /// </summary>
    WritesLost,
}
