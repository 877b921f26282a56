namespace ClusterClient.Diagnostics;

/// <summary>Why a call was given the node that it was given: of those that hold, the last.</summary>
internal enum DecisionReason
{
    /// <summary>A write: it is the primary.</summary>
    Primary,

    /// <summary>A read: a replica of the caller's region.</summary>
    Replica,

    /// <summary>A read: a replica of another region.</summary>
    Farther,

    /// <summary>A read: the primary, because no replica could serve it.</summary>
    LastResort,

    /// <summary>A read: the first choice was at its limit.</summary>
    Busy,

    /// <summary>There was no node at first, and the call waited for one.</summary>
    Waited,

    /// <summary>An attempt at another node, or at this one, had failed.</summary>
    Failed,

    /// <summary>The call is the trial of the node's circuit.</summary>
    Trial,

    /// <summary>It is the second attempt at a hedged read.</summary>
    Hedge,
}
