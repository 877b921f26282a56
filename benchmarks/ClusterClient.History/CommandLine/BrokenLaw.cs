namespace ClusterClient.History.CommandLine;

/// <summary>What is done wrong on purpose, to prove that it is found.</summary>
internal enum BrokenLaw
{
    None,

    /// <summary>An operation is repeated after any exception, also when it may have been applied.</summary>
    RetryBlindly,

    /// <summary>What became of a commit is decided by the status of its transaction id alone, wherever that id was given out.</summary>
    TrustStatus,

    /// <summary>A client writes to the node that it wrote to last, past the library, for as long as that accepts writes.</summary>
    OldPrimary,
}
