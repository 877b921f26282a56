namespace ClusterClient.Health;

/// <summary>The time provider's timestamps in whole microseconds, the unit of everything in health and routing.</summary>
internal sealed class HealthClock(TimeProvider time)
{
    // Exact where a tick is a nanosecond or 100 of them; elsewhere the error of the factor is the same in every reading.
    private readonly double _perTick = 1_000_000.0 / time.TimestampFrequency;

    public long Now => From(time.GetTimestamp());

    public long From(long timestamp) => (long)(timestamp * _perTick);
}
