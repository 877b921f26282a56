using Dashboard.State;

namespace Dashboard.Load;

/// <summary>What became of the calls lately, and when the last write succeeded. Thread-safe.</summary>
internal sealed class CallLog(TimeProvider time)
{
    private readonly Recent<Call> _recent = new(time);
    private readonly long _begin = time.GetTimestamp();
    private long _lastWrite;
    private int _errors;

    /// <summary>Calls that ended in an error, from the beginning.</summary>
    public int Errors => Volatile.Read(ref _errors);

    public TimeSpan SinceLastWrite => time.GetElapsedTime(Volatile.Read(ref _lastWrite) is not 0 and var last ? last : _begin);

    /// <returns>How long no write had succeeded before this one; zero for the first one and for a read.</returns>
    public TimeSpan Add(Call call)
    {
        _recent.Add(call);
        if (call.IsRead)
            return TimeSpan.Zero;
        var now = time.GetTimestamp();
        return Interlocked.Exchange(ref _lastWrite, now) is not 0 and var last ? time.GetElapsedTime(last, now) : TimeSpan.Zero;
    }

    public void Failed() => Interlocked.Increment(ref _errors);

    public Call[] Recent() => _recent.All();
}
