namespace ClusterClient.History.Checks;

/// <summary>Which law was broken.</summary>
internal enum ViolationKind
{
    /// <summary>A write was acknowledged and is not there, though a standby had it before.</summary>
    Lost,

    /// <summary>A write was acknowledged and is not there, and no report names it.</summary>
    LostUnnamed,

    /// <summary>A report says that a write is lost, and it is there.</summary>
    NamedButThere,

    /// <summary>A report came though commits wait for their replicas and nothing was lost.</summary>
    FalseAlarm,

    /// <summary>A write is there more than once.</summary>
    AppliedTwice,

    /// <summary>The client was told that nothing was written, and it is there.</summary>
    NotCommittedButThere,

    /// <summary>Something is there that no operation wrote, or other than it wrote it.</summary>
    Unexplained,

    /// <summary>The accounts' sum is not what it was.</summary>
    MoneyNotConserved,

    /// <summary>An account has not what its transfers leave it.</summary>
    BalanceWrong,

    /// <summary>A transaction that committed had read what is no part of the list's history.</summary>
    ReadWrong,

    /// <summary>Connections were to be cut at COMMIT, and none ever was.</summary>
    NothingCut,
}
