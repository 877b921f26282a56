namespace ClusterClient.Resilience;

/// <summary>Hears of a circuit breaker's transitions: one after the other, in their order, outside of the breaker's lock.</summary>
internal interface ICircuitObserver
{
    /// <param name="length">For how long, from now on at the most.</param>
    /// <param name="cause">Why, in words.</param>
    void Opened(TimeSpan length, string cause);

    void HalfOpened();

    /// <param name="cause">Why, in words; null when somebody closed it.</param>
    void Closed(string? cause);

    void Isolated();
}
