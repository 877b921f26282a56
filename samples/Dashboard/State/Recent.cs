namespace Dashboard.State;

/// <summary>What happened within the last two seconds. Thread-safe.</summary>
internal sealed class Recent<T>(TimeProvider time)
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Queue<(long At, T Item)> _items = new();

    public void Add(T item)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            _items.Enqueue((now, item));
            DropOld_NeedsLock(now);
        }
    }

    public T[] All()
    {
        lock (_gate)
        {
            DropOld_NeedsLock(time.GetTimestamp());
            return [.. _items.Select(entry => entry.Item)];
        }
    }

    private void DropOld_NeedsLock(long now)
    {
        while (_items.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) > Window)
            _items.Dequeue();
    }
}
