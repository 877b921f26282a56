namespace ClusterClient.Resilience;

/// <summary>What an exception means, whoever threw it.</summary>
public enum FaultKind
{
    /// <summary>The statement or its data: a constraint, a syntax error. Says nothing of the node, and would happen again.</summary>
    Statement,

    /// <summary>Another transaction was in the way: a serialization failure, a deadlock, a lock not had in time. The same again may succeed.</summary>
    Conflict,

    /// <summary>The caller's own cancellation. Never a node's fault.</summary>
    CallerCancelled,

    /// <summary>The server ended the statement for an operator or for a limit of its own, such as <c>statement_timeout</c>.</summary>
    ServerCancelled,

    /// <summary>The server cannot be reached, or the connection to it broke.</summary>
    ConnectionLost,

    /// <summary>The server is shutting down, starting up, or ended this session for an operator.</summary>
    ShuttingDown,

    /// <summary>A write met a server that accepts none: the node is, or has become, a replica.</summary>
    ReadOnly,

    /// <summary>The server did not answer in time.</summary>
    Timeout,

    /// <summary>The server is out of connections or of another resource.</summary>
    Overloaded,

    /// <summary>The server itself is failing: a disk's error, corrupt data, an internal error.</summary>
    ServerFailure,

    /// <summary>The local pool had no connection to give in time: ours, not the node's.</summary>
    PoolExhausted,

    /// <summary>User name, password, certificate or database name were refused. Trying again helps nobody.</summary>
    Rejected,

    /// <summary>No node could be given to the call in its time, or without overloading it. Nothing was sent, and it says nothing of any one node.</summary>
    Unavailable,

    /// <summary>A commit was sent, and whether it was done could not be found out. To do it again may do it twice.</summary>
    CommitUnknown,
}
