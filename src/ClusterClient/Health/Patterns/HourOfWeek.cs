namespace ClusterClient.Health.Patterns;

/// <summary>
/// Whole hours since 1970 in UTC, and which of a week's 168 each of them is: 0 begins on Monday at 00:00.
/// </summary>
/// <remarks>
/// UTC, so that no hour is missing or comes twice. Where people change their clocks, the pattern moves by an hour twice a year; the
/// profile follows within a few weeks, and switches itself off in between where that makes it worse than none.
/// </remarks>
internal static class HourOfWeek
{
    /// <summary>Hours of a week.</summary>
    public const int Count = 168;

    // The first of January 1970 was a Thursday.
    private const int FirstMonday = 4 * 24;

    public static int Hour(DateTimeOffset at) => (int)Math.Floor((at - DateTimeOffset.UnixEpoch).TotalHours);

    public static int Bucket(int hour) => (((hour - FirstMonday) % Count) + Count) % Count;

    public static DateTimeOffset Start(int hour) => DateTimeOffset.UnixEpoch.AddHours(hour);
}
