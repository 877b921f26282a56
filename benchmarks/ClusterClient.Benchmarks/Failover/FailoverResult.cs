namespace ClusterClient.Benchmarks.Failover;

/// <summary>What one failover brought.</summary>
/// <param name="First">From the promoted node's acceptance to the first writer's acknowledgement.</param>
/// <param name="All">The same to the last writer's first.</param>
/// <param name="Promotion">From the kill to the acceptance: the server's own part.</param>
/// <param name="Errors">How many calls the writers saw fail.</param>
internal sealed record FailoverResult(TimeSpan First, TimeSpan All, TimeSpan Promotion, int Errors)
{
    public TimeSpan SinceKill => Promotion + First;

    public override string ToString() =>
        $"first {First.TotalMilliseconds:0.0} ms, all {All.TotalMilliseconds:0.0} ms, promotion {Promotion.TotalMilliseconds:0} ms, {Errors} errors";
}
