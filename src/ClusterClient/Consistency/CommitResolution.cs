namespace ClusterClient.Consistency;

/// <summary>How it is found out whether a transaction was committed whose <c>COMMIT</c> was sent and whose answer was lost.</summary>
public enum CommitResolution
{
    /// <summary>Not at all: the driver's exception is all that is known, and <see cref="Data.CallFault.MayHaveBeenApplied"/> says so. Costs nothing.</summary>
    Off,

    /// <summary>
    /// The transaction's id and position are asked for in the round trip of its first write, and the primary is asked later what became of
    /// that id. Believed only where the position proves that the id was not handed out again; otherwise the outcome stays unknown. The position
    /// is that of a short message in the server's log, which logical decoding sees. With a driver or database that cannot tell, this is <see cref="Off"/>.
    /// </summary>
    ByTransactionId,

    /// <summary>
    /// Each transaction that has written writes a row of its own into a small table, in the round trip of its <c>COMMIT</c>; whoever finds that row knows for
    /// certain, and whoever takes its place before it keeps the original from being committed late. The table is made by
    /// <see cref="ClusterDataSource.CreateCommitMarkersAsync"/>, and old rows are removed as one goes along.
    /// </summary>
    ByMarker,
}
