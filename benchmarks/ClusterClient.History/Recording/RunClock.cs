namespace ClusterClient.History.Recording;

/// <summary>The time of day, as it was at the start plus what has passed since: it never goes back. Thread-safe.</summary>
internal sealed class RunClock
{
    private readonly DateTimeOffset _started = TimeProvider.System.GetUtcNow();
    private readonly long _timestamp = TimeProvider.System.GetTimestamp();

    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_timestamp);

    public DateTimeOffset Now => _started + Elapsed;
}
