namespace ClusterClient.Resilience;

/// <summary>One of the two attempts of a hedged call, as the pipeline that races them sees it.</summary>
internal abstract class RacingAttempt
{
    /// <summary>Whether the race is over with it; if not, it waits for the other attempt. Asked once it has ended.</summary>
    public abstract bool Decides { get; }

    /// <summary>Waits until it has ended, and never throws.</summary>
    /// <param name="raceIsOver">Ends the wait at once: nobody waits for a loser.</param>
    /// <returns>The attempt itself.</returns>
    public abstract ValueTask<RacingAttempt> EndAsync(CancellationToken raceIsOver);
}
