namespace ClusterClient.Health;

/// <summary>How one node behaves towards this process: the memory that policies read. Thread-safe.</summary>
internal sealed class NodeState
{
    private int _inFlight;

    /// <summary>Connections to the node that are open or being opened by this process.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A call turns to the node; <see cref="End"/> follows exactly once, whatever becomes of it.</summary>
    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);
}
