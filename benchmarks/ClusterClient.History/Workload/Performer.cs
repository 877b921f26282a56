using ClusterClient.History.Recording;

namespace ClusterClient.History.Workload;

/// <summary>Performs operations in some way, and says what it was told. Thread-safe.</summary>
internal abstract class Performer
{
    /// <summary>Never fails: what went wrong is in the answer.</summary>
    /// <returns>The operation with its outcome; when it began and ended is the caller's to add.</returns>
    public abstract Task<Operation> PerformAsync(Operation operation, CancellationToken ct);
}
