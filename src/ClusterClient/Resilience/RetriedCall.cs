namespace ClusterClient.Resilience;

/// <summary>A call that has failed, as the pipeline that retries it sees it.</summary>
internal abstract class RetriedCall
{
    /// <summary>Whether the next attempt is made on another connection, perhaps to another node, and need not wait.</summary>
    public abstract bool GoesElsewhere { get; }

    /// <summary>Whether it may be sent again after its last fault; a place in the budget is taken by asking.</summary>
    /// <param name="hasRetriesLeft">Whether the policy lets it.</param>
    public abstract bool MayGoOn(bool hasRetriesLeft);
}
