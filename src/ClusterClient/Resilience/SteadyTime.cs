namespace ClusterClient.Resilience;

/// <summary>
/// A time provider whose wall clock advances with its timestamps: setting the machine's clock moves nothing that is measured by it.
/// </summary>
internal sealed class SteadyTime(TimeProvider time) : TimeProvider
{
    private readonly DateTimeOffset _origin = time.GetUtcNow();
    private readonly long _started = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => _origin + time.GetElapsedTime(_started);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
