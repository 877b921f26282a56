namespace ClusterClient.Resilience;

/// <summary>A call whose first attempt runs, as the pipeline that may hedge it sees it.</summary>
internal abstract class HedgeableCall
{
    /// <summary>How long to wait from now on until <see cref="TryHedge"/> is asked; infinite for never.</summary>
    public abstract TimeSpan Delay { get; }

    /// <summary>Starts the second attempt and takes its place in the budget; null where there must be none, or not yet.</summary>
    public abstract RacingAttempt? TryHedge();
}
