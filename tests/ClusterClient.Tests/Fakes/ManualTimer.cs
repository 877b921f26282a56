namespace ClusterClient.Tests.Fakes;

/// <summary>A timer of <see cref="ManualTimeProvider"/>'s: fires on whoever advances the clock.</summary>
internal sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
{
    private TimeSpan _period = Timeout.InfiniteTimeSpan;

    public long DueAt { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period;
        clock.Arm(this, dueTime);
        return true;
    }

    public void Fire()
    {
        clock.Arm(this, _period);
        callback(state);
    }

    public void Dispose() => clock.Disarm(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
