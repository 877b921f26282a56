using ClusterClient.Resilience;

namespace ClusterClient.Health;

/// <summary>The trial of one half-open time, whichever calls are it: the first that says something of the node decides.</summary>
/// <param name="number">Tells it from the trials before.</param>
internal sealed class CircuitTrial(int number)
{
    private readonly TaskCompletionSource<CircuitVerdict> _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Greater than zero.</summary>
    public int Number => number;

    public Task<CircuitVerdict> Verdict => _verdict.Task;

    public void Decide(CircuitVerdict verdict) => _verdict.TrySetResult(verdict);
}
