namespace ClusterClient.Resilience;

/// <summary>The one end of a call, fixed when it begins. Whatever the call does next gets what remains.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan limit)
{
    private readonly long _began = time.GetTimestamp();

    public TimeSpan Limit => limit;

    /// <summary>Never below zero.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = limit - time.GetElapsedTime(_began);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public bool HasPassed => Remaining == TimeSpan.Zero;
}
