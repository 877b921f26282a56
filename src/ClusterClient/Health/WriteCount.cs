namespace ClusterClient.Health;

/// <summary>
/// Counts the writes that a node acknowledges outside of transactions, by interval. A write costs a look at which interval it is, an
/// increment, and a second look. Thread-safe.
/// </summary>
internal sealed class WriteCount
{
    private WriteInterval _current = new();

    /// <summary>Told of each write, in transactions as well; null while nobody waits for one.</summary>
    public Action? OnWrite { get; set; }

    /// <summary>A transaction that wrote was committed; it is counted elsewhere.</summary>
    public void Committed() => OnWrite?.Invoke();

    /// <summary>Whether the present interval has any.</summary>
    public bool IsUsed => Volatile.Read(ref _current).Count > 0;

    /// <summary>A write was acknowledged: it is counted in an interval that lasted, at least, until after that.</summary>
    public void Add(long now)
    {
        OnWrite?.Invoke();
        // T1 reads the interval, T2 ends it and begins a look, T1 counts in it: the look would speak for a write that it may not have seen.
        for (var interval = Volatile.Read(ref _current); ;)
        {
            interval.Add(now);
            var newest = Volatile.Read(ref _current);
            if (newest == interval)
            {
                return;
            }

            interval.TakeBack();
            interval = newest;
        }
    }

    /// <summary>Ends the present interval and begins the next.</summary>
    /// <returns>The one that ended.</returns>
    public WriteInterval Cut() => Interlocked.Exchange(ref _current, new());
}
