namespace ClusterClient.Health;

/// <summary>The writes that a node acknowledged to this process between two of the monitor's looks at it; times in µs. Thread-safe.</summary>
internal sealed class WriteInterval
{
    private int _count;
    private long _firstAt;
    private long _lastAt;

    /// <summary>How many were counted; final soon after the interval was followed by another.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>About when the first of them was acknowledged.</summary>
    public long FirstAt => Volatile.Read(ref _firstAt);

    /// <summary>About when the last one was.</summary>
    public long LastAt => Volatile.Read(ref _lastAt);

    public void Add(long now)
    {
        // The times are for show: two at once may swap theirs.
        if (Interlocked.Increment(ref _count) == 1)
        {
            _firstAt = now;
        }

        _lastAt = now;
    }

    /// <summary>Takes one back that came too late.</summary>
    public void TakeBack() => Interlocked.Decrement(ref _count);

    /// <summary>Takes those of another interval, which nobody counts in any more.</summary>
    public void Take(WriteInterval other)
    {
        if (other.Count == 0)
        {
            return;
        }

        _firstAt = Count == 0 ? other.FirstAt : Math.Min(FirstAt, other.FirstAt);
        _lastAt = Count == 0 ? other.LastAt : Math.Max(LastAt, other.LastAt);
        Interlocked.Add(ref _count, other.Count);
    }
}
