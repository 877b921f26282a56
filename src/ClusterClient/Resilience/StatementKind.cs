namespace ClusterClient.Resilience;

/// <summary>What a statement's text tells of whether it writes.</summary>
internal enum StatementKind
{
    /// <summary>It may or may not: a function, a procedure, a block.</summary>
    Unknown,

    /// <summary>It begins with a statement that writes.</summary>
    Writes,

    /// <summary>It is one query that calls no function and locks no row.</summary>
    Reads,

    /// <summary>It ends the transaction that it runs in.</summary>
    Ends,
}
