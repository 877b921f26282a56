using ClusterClient.Health.Patterns;

namespace ClusterClient.Tests.Health.Patterns;

public sealed class HourOfWeekProfileTests
{
    private const int Hour = 490_000;

    [Theory]
    // The first week counts as it is, each further one with 0.3.
    [InlineData(new double[] { 100 }, 100)]
    [InlineData(new double[] { 100, 200 }, 130)]
    [InlineData(new double[] { 100, 200, 0 }, 91)]
    public void With_OneWeekAfterAnother_IsAnEwma(double[] rates, double expected)
    {
        var profile = HourOfWeekProfile.Empty;
        foreach (var (week, rate) in rates.Index())
        {
            profile = profile.With(Hour + (week * HourOfWeek.Count), rate, rate * 10, null);
        }

        var bucket = profile.Season(Hour + (rates.Length * HourOfWeek.Count))!.Value;
        Assert.Equal((expected, rates.Length), (bucket.Rate, bucket.Weeks));
    }

    [Fact]
    public void With_HourWithoutRequests_KeepsTheServiceTime()
    {
        var profile = HourOfWeekProfile.Empty.With(Hour, 10, 500, null).With(Hour + HourOfWeek.Count, 0, 0, null);
        Assert.Equal(500, profile.Season(Hour + (2 * HourOfWeek.Count))!.Value.Service);
    }

    [Fact]
    public void With_AnHour_LeavesTheOneBeforeAsItWas()
    {
        var before = HourOfWeekProfile.Empty.With(Hour, 10, 500, null);
        before.With(Hour + HourOfWeek.Count, 99, 99, null);
        Assert.Equal(10, before.Season(Hour)!.Value.Rate);
        Assert.Null(HourOfWeekProfile.Empty.Season(Hour));
    }

    [Theory]
    [InlineData(1, 1, 100)]
    [InlineData(3, 2, 150)]
    // As busy as four times the usual, and no further.
    [InlineData(900, 1, 400)]
    [InlineData(0, 1, 25)]
    // No season to be measured by: as usual.
    [InlineData(7, 0, 100)]
    public void Forecast_KnownHour_IsLevelTimesSeason(double rate, double season, double expected) => Assert.Equal(
        new HourForecast(expected, 500),
        HourOfWeekProfile.Empty.With(Hour, 100, 500, null).Forecast(Hour + HourOfWeek.Count, new(rate, season)));

    [Theory]
    [InlineData(1, false)]
    [InlineData(167, false)]
    [InlineData(168, true)]
    [InlineData(5 * 168, true)]
    [InlineData(6 * 168, false)]
    public void Forecast_HourThatIsNotKnownOrTooOld_IsNone(int later, bool known)
    {
        var profile = HourOfWeekProfile.Empty.With(Hour, 100, 500, null);
        Assert.Equal(known, profile.Forecast(Hour + later, SeasonalLevel.AsUsual) is not null);
    }

    [Fact]
    public void With_HourThatHadExpired_BeginsAnew()
    {
        var profile = HourOfWeekProfile.Empty.With(Hour, 100, 500, null).With(Hour + (6 * 168), 10, 50, null);
        var bucket = profile.Season(Hour + (7 * 168))!.Value;
        Assert.Equal((10f, 50f, 1), (bucket.Rate, bucket.Service, bucket.Weeks));
    }

    [Theory]
    [InlineData(0, 100.0)]
    [InlineData(168, null)]
    public void LastWeek_IsTheVerySameHourOrNothing(int later, double? expected) => Assert.Equal(
        expected, HourOfWeekProfile.Empty.With(Hour, 100, 500, null).LastWeek(Hour + 168 + later));

    [Theory]
    [InlineData(500, 2_000, 0, 1)]
    [InlineData(500, 2_000, 2_000, 2)]
    [InlineData(500, 0, 2_000, 0)]
    public void Concurrency_IsLittlesLaw(double rate, float service, double roundTrip, double expected) =>
        Assert.Equal(expected, new HourForecast(rate, service).Concurrency(roundTrip), 9);
}
