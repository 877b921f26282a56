namespace ClusterClient.Health;

/// <summary>Tells those who wait for a node that the gate of some circuit has changed; one for a data source. Thread-safe.</summary>
internal sealed class CircuitSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next change. Who takes it before looking at the gates misses none.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Set() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
