namespace ClusterClient.Resilience;

/// <summary>An exception, classified once by the driver; everything that follows reads this.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="NotApplied">Whether the server certainly did not apply what was asked, so that asking again cannot do it twice.</param>
public readonly record struct Fault(FaultKind Kind, bool NotApplied)
{
    /// <summary>Whether what is known of the node must be looked at again: its role or its life is in question.</summary>
    public bool QuestionsNode => Kind is FaultKind.ConnectionLost or FaultKind.ShuttingDown or FaultKind.ReadOnly or FaultKind.Timeout;

    /// <summary>Whether it counts against the node when its health is judged: neither its caller's doing nor the right answer.</summary>
    public bool BlamesNode => Kind is FaultKind.ConnectionLost or FaultKind.ShuttingDown or FaultKind.Timeout or FaultKind.Overloaded
        or FaultKind.ServerFailure;

    /// <summary>
    /// Whether asking again, here or elsewhere, may succeed. It says nothing of whether that is allowed: a write that may have been applied
    /// is not sent again.
    /// </summary>
    public bool IsTransient => BlamesNode || Kind is FaultKind.Conflict or FaultKind.ReadOnly or FaultKind.Unavailable;
}
