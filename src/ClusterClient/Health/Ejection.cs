namespace ClusterClient.Health;

/// <summary>A time for which a node is kept out. Immutable; times are µs of <see cref="HealthClock"/>.</summary>
/// <remarks>
/// <c>base × times</c>, at most the longest, where each ejection counts one more and each clean interval since the end of the last
/// one less: Envoy's multiplier. It stops where it has reached the longest, so that it does not take hours to forget an old trouble.
/// </remarks>
/// <param name="Since">When it began.</param>
/// <param name="Until">When it ends, or ended.</param>
/// <param name="Times">Which it is in a row.</param>
/// <param name="Cause">Why, in words.</param>
internal sealed record Ejection(long Since, long Until, int Times, string Cause)
{
    public long Duration => Until - Since;

    /// <summary>One that begins now.</summary>
    public static Ejection After(Ejection? last, string cause, long now, OutlierSettings settings)
    {
        var most = (int)Math.Ceiling((double)settings.LongestEjection / settings.BaseEjection);
        var times = Math.Min(most, 1 + (last?.Remembered(now, settings) ?? 0));
        return new(now, now + Math.Min(times * settings.BaseEjection, settings.LongestEjection), times, cause);
    }

    private int Remembered(long now, OutlierSettings settings) =>
        (int)Math.Max(0, Times - (Math.Max(0, now - Until) / settings.CleanInterval));
}
