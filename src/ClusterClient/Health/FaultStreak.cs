namespace ClusterClient.Health;

/// <summary>How many faults of the node's followed one another without a good answer in between.</summary>
/// <remarks>
/// A fault counts when its call began after the last one that counted had ended: a hundred calls that break with one connection, or
/// with one restart, are one piece of evidence. Two that end in the same moment may both count.
/// </remarks>
internal struct FaultStreak
{
    private long _lastAt;
    private int _length;

    /// <summary>Costs a read as long as all is well.</summary>
    public void Answered()
    {
        if (Volatile.Read(ref _length) != 0)
        {
            Volatile.Write(ref _length, 0);
        }
    }

    /// <returns>How many in a row it is with this one; 0 when this one is no news.</returns>
    public int Faulted(long beganAt, long now)
    {
        if (beganAt < Volatile.Read(ref _lastAt))
        {
            return 0;
        }

        Volatile.Write(ref _lastAt, now);
        return Interlocked.Increment(ref _length);
    }

    /// <summary>How long it is; 0 when its last fault was earlier than <paramref name="since"/>.</summary>
    public readonly int Length(long since) => Volatile.Read(in _lastAt) < since ? 0 : Volatile.Read(in _length);
}
