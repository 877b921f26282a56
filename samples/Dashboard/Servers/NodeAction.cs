namespace Dashboard.Servers;

/// <summary>What can be done to a server from the page.</summary>
internal enum NodeAction
{
    /// <summary>SIGKILL.</summary>
    Kill,

    /// <summary>SIGSTOP: it stands, and answers nothing.</summary>
    Hang,

    /// <summary>SIGCONT.</summary>
    Resume,

    /// <summary>Makes it the primary; the other replicas follow it.</summary>
    Promote,

    /// <summary>Stops it, if it runs, and starts it in the role that it had.</summary>
    Restart,

    /// <summary>Makes it a replica of the present primary, whatever it was.</summary>
    Rejoin,

    /// <summary>Nothing gets through between this program and the server; replication is not disturbed.</summary>
    CutLink,

    HealLink,

    /// <summary>It goes on receiving the primary's log and stops applying it.</summary>
    PauseReplay,

    ResumeReplay,
}
