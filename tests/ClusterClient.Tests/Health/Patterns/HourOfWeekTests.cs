using System.Globalization;
using ClusterClient.Health.Patterns;

namespace ClusterClient.Tests.Health.Patterns;

public sealed class HourOfWeekTests
{
    [Theory]
    [InlineData("2026-01-05T00:00:00Z", 0)]
    [InlineData("2026-01-05T00:59:59.999Z", 0)]
    [InlineData("2026-01-05T01:00:00Z", 1)]
    [InlineData("2026-01-04T23:59:59.999Z", 167)]
    [InlineData("2026-01-07T12:30:00Z", 60)]
    // It is Monday in UTC that counts, wherever the clock hangs.
    [InlineData("2026-01-05T01:00:00+02:00", 167)]
    [InlineData("2026-01-04T23:00:00-01:00", 0)]
    // Over the end of a year, a leap day, a change of the clocks, and before time began.
    [InlineData("2024-12-30T00:00:00Z", 0)]
    [InlineData("2024-02-29T00:00:00Z", 72)]
    [InlineData("2026-03-29T01:00:00Z", 145)]
    [InlineData("1970-01-01T00:00:00Z", 72)]
    [InlineData("1969-12-31T23:59:00Z", 71)]
    public void Bucket_OfATime_CountsFromMondayMidnightInUtc(string at, int expected) =>
        Assert.Equal(expected, HourOfWeek.Bucket(HourOfWeek.Hour(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture))));

    [Fact]
    public void Start_OfAnHour_IsInIt() => Assert.Equal(490_123, HourOfWeek.Hour(HourOfWeek.Start(490_123)));
}
