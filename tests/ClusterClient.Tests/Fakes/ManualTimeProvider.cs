namespace ClusterClient.Tests.Fakes;

/// <summary>
/// A clock that stands still until it is advanced, and then fires every timer on the way at its own instant. Its frequency divides
/// nothing evenly, so that whoever takes timestamps for ticks is found out. Thread-safe.
/// </summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private long _now = 987_654_321;
    private long _wallTicks;

    /// <summary>The ACPI timer's.</summary>
    public override long TimestampFrequency => 3_579_545;

    /// <summary>Timers that are waiting to fire.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <summary>The wall's time; setting it is somebody's setting the clock, and moves no timestamp.</summary>
    public DateTimeOffset UtcNow
    {
        get => GetUtcNow();
        set => Interlocked.Add(ref _wallTicks, (value - GetUtcNow()).Ticks);
    }

    public override DateTimeOffset GetUtcNow() =>
        DateTimeOffset.UnixEpoch + GetElapsedTime(0, GetTimestamp()) + TimeSpan.FromTicks(Interlocked.Read(ref _wallTicks));

    public void Advance(TimeSpan by)
    {
        var target = GetTimestamp() + ToTimestamps(by);
        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }

        Interlocked.Exchange(ref _now, target);
    }

    /// <summary>As after a pause of the whole process: the time has passed when the timers that became due in it come to fire.</summary>
    public void Stall(TimeSpan by)
    {
        Interlocked.Add(ref _now, ToTimestamps(by));
        Advance(TimeSpan.Zero);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void Arm(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.DueAt = GetTimestamp() + ToTimestamps(dueTime);
                _timers.Add(timer);
            }
        }
    }

    internal void Disarm(ManualTimer timer) => Arm(timer, Timeout.InfiniteTimeSpan);

    private ManualTimer? TakeDue(long target)
    {
        lock (_gate)
        {
            var due = _timers.Where(t => t.DueAt <= target).MinBy(t => t.DueAt);
            if (due is not null)
            {
                _timers.Remove(due);
                Interlocked.Exchange(ref _now, Math.Max(GetTimestamp(), due.DueAt));
            }

            return due;
        }
    }

    // Rounded up: no timer fires before its time has passed.
    private long ToTimestamps(TimeSpan span) => (long)Math.Ceiling(span.Ticks * (decimal)TimestampFrequency / TimeSpan.TicksPerSecond);
}
