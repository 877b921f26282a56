namespace Dashboard.Load;

/// <summary>What became of the calls of the last two seconds, and when the last write succeeded. Thread-safe.</summary>
internal sealed class CallLog(TimeProvider time)
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Queue<(long EndedAt, Call Call)> _calls = new();
    private readonly long _begin = time.GetTimestamp();
    private long _lastWrite;
    private int _errors;

    /// <summary>Calls that ended in an error, from the beginning.</summary>
    public int Errors => Volatile.Read(ref _errors);

    public TimeSpan SinceLastWrite => time.GetElapsedTime(Volatile.Read(ref _lastWrite) is not 0 and var last ? last : _begin);

    /// <returns>How long no write had succeeded before this one; zero for the first one and for a read.</returns>
    public TimeSpan Add(Call call)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            _calls.Enqueue((now, call));
            DropOld_NeedsLock(now);
        }

        return !call.IsRead && Interlocked.Exchange(ref _lastWrite, now) is not 0 and var last ? time.GetElapsedTime(last, now) : TimeSpan.Zero;
    }

    public void Failed() => Interlocked.Increment(ref _errors);

    public Call[] Recent()
    {
        lock (_gate)
        {
            DropOld_NeedsLock(time.GetTimestamp());
            return [.. _calls.Select(entry => entry.Call)];
        }
    }

    private void DropOld_NeedsLock(long now)
    {
        while (_calls.TryPeek(out var oldest) && time.GetElapsedTime(oldest.EndedAt, now) > Window)
            _calls.Dequeue();
    }
}
