namespace ClusterClient.Consistency;

/// <summary>What a server says of a transaction's id.</summary>
public enum TransactionStatus
{
    /// <summary>It is too old for the server to remember, or in the future, so that this server never had it.</summary>
    NotKnown,

    /// <summary>It has not ended.</summary>
    InProgress,

    /// <summary>A transaction of this id is committed: the one that is meant only if the id was not handed out again.</summary>
    Committed,

    /// <summary>It was rolled back, or was running when its server crashed.</summary>
    Aborted,
}
