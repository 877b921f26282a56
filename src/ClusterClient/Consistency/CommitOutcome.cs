namespace ClusterClient.Consistency;

/// <summary>What became of a transaction whose <c>COMMIT</c> was sent.</summary>
public enum CommitOutcome
{
    /// <summary>Nobody who could be asked in time knows.</summary>
    Unknown,

    /// <summary>It is committed, and as safe as one that was acknowledged.</summary>
    Committed,

    /// <summary>It is not committed and never will be: doing it again cannot do it twice.</summary>
    NotCommitted,
}
