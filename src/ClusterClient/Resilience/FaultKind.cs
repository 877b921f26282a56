namespace ClusterClient.Resilience;

/// <summary>What an exception means, whoever threw it.</summary>
public enum FaultKind
{
    /// <summary>The statement or its data: a constraint, a syntax error, a serialization failure. Says nothing of the node.</summary>
    Statement,

    /// <summary>The caller's own cancellation. Never a node's fault.</summary>
    CallerCancelled,

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

    /// <summary>The local pool had no connection to give in time: ours, not the node's.</summary>
    PoolExhausted,

    /// <summary>User name, password, certificate or database name were refused. Trying again helps nobody.</summary>
    Rejected,
}
