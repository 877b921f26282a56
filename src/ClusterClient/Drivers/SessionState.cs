namespace ClusterClient.Drivers;

/// <summary>What a server's session is in, as the server said last.</summary>
public enum SessionState
{
    /// <summary>No transaction: what is sent is one of its own.</summary>
    Idle,

    /// <summary>A transaction.</summary>
    InTransaction,

    /// <summary>A transaction that has failed: a commit of it is a rollback.</summary>
    Failed,
}
