namespace ClusterClient.Testing.Faults;

/// <summary>How a proxy's link is now; one object, read by every connection for every chunk it forwards.</summary>
/// <threadsafety>Safe: each value stands for itself.</threadsafety>
internal sealed class LinkConditions
{
    private long _latencyTicks;
    private long _bytesPerSecond;
    private volatile LinkFault _fault;

    public LinkFault Fault
    {
        get => _fault;
        set => _fault = value;
    }

    public TimeSpan Latency
    {
        get => new(Volatile.Read(ref _latencyTicks));
        set => Volatile.Write(ref _latencyTicks, value.Ticks);
    }

    /// <summary>Zero means as fast as it goes.</summary>
    public long BytesPerSecond
    {
        get => Volatile.Read(ref _bytesPerSecond);
        set => Volatile.Write(ref _bytesPerSecond, value);
    }

    public TrapSet Traps { get; } = new();

    public bool Swallows(bool towardsClient) => Fault == LinkFault.Dropped || (Fault == LinkFault.HalfOpen && towardsClient);

    public TimeSpan LatencyTowards(bool client) => client ? Latency : TimeSpan.Zero;
}
