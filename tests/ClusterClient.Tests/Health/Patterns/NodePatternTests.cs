using ClusterClient.Health.Patterns;

namespace ClusterClient.Tests.Health.Patterns;

public sealed class NodePatternTests
{
    private const int Week = HourOfWeek.Count;

    [Theory]
    // Three quarters of an hour are enough to learn from, less is not.
    [InlineData(44, false)]
    [InlineData(45, true)]
    [InlineData(60, true)]
    public void Add_HourThatWasWatchedInPart_IsLearntFromThreeQuartersOn(int minutes, bool learnt)
    {
        var weeks = new VirtualWeeks(Loads.Flat).Minutes(minutes);
        var hour = weeks.Hour;
        weeks.Off(1).Hours(1);
        Assert.Equal(learnt ? 100f : null, weeks.Pattern.Profile.Season(hour + Week)?.Rate);
    }

    [Fact]
    public void Add_TheNextHoursFirstSample_TellsOfTheOneBefore()
    {
        var pattern = new NodePattern();
        var learns = Enumerable.Range(0, 130).Select(m => pattern.Add(490_000 + (m / 60), 60, 600, 600_000)).Index().Where(l => l.Item);
        Assert.Equal([60, 120], learns.Select(l => l.Index));
        Assert.Equal((10f, 1_000f), (pattern.Profile.Season(490_000)!.Value.Rate, pattern.Profile.Season(490_001)!.Value.Service));
    }

    [Fact]
    public void Add_ADayWithoutTheProcess_LeavesItsHoursAsTheyWereAndNobodyJudged()
    {
        var weeks = new VirtualWeeks(Loads.Office).Weeks(4);
        var from = weeks.Hour;
        var before = weeks.Pattern.Profile;
        weeks.Off(24).Hours(2);
        Assert.Equal(before.Season(from + 5), weeks.Pattern.Profile.Season(from + 5));
        Assert.Equal(PatternState.Active, weeks.Prior.Score.State);
        // A week later these hours have no last week to be held against, and count no more than they were.
        weeks.Hours(Week - 26);
        var judged = weeks.Prior.Score.Hours;
        weeks.Hours(24);
        Assert.Equal(judged, weeks.Prior.Score.Hours, 1.0);
    }

    [Fact]
    public void Prior_AfterADayOff_GoesOnAtTheSameLevel()
    {
        var weeks = new VirtualWeeks(Loads.Office.Shifted(490_000 + (6 * Week), 2)).Weeks(6).Hours(48);
        var ratio = weeks.Pattern.Ratio;
        Assert.Equal(2, ratio, 0.1);
        weeks.Off(24).Minutes(1);
        Assert.Equal(ratio, weeks.Pattern.Ratio, 0.01);
        Assert.Equal(Loads.Office(weeks.Hour + 1) * 2, weeks.Prior.Next!.Value.Rate, 0.05 * Loads.Office(weeks.Hour + 1) * 2);
    }

    [Fact]
    public void Prior_FirstWeek_HasNoForecast()
    {
        var prior = new VirtualWeeks(Loads.Office).Hours(Week - 1).Prior;
        Assert.Equal((null, null, 0f), (prior.Now, prior.Next, prior.Service));
        Assert.Equal(Week - 2, prior.KnownHours);
    }

    [Fact]
    public void Prior_NextHourWasNeverSeen_HasNoForecastForIt()
    {
        // Always off in one hour of the week.
        var weeks = new VirtualWeeks(Loads.Office);
        for (var week = 0; week < 4; week++)
        {
            weeks.Hours(100).Off(1).Hours(67);
        }

        weeks.Hours(99).Minutes(50);
        Assert.NotNull(weeks.Prior.Now);
        Assert.Null(weeks.Prior.Next);
    }

    [Fact]
    public void Prior_Active_ForecastsTheComingHour()
    {
        var weeks = new VirtualWeeks(Loads.Office).Weeks(4).Minutes(55);
        var prior = weeks.Prior;
        Assert.Equal(Loads.Office(weeks.Hour), prior.Now!.Value.Rate, 0.5);
        Assert.Equal(Loads.Office(weeks.Hour + 1), prior.Next!.Value.Rate, 0.5);
        Assert.Equal(VirtualWeeks.Service, prior.Service, 0.5);
    }

    [Fact]
    public void Restore_OfWhatAnotherHasLearnt_GoesOnWhereItWas()
    {
        var weeks = new VirtualWeeks(Loads.Office.Shifted(490_000 + (6 * Week), 2)).Weeks(6).Hours(48);
        var pattern = new NodePattern();
        pattern.Restore(weeks.Pattern.Profile, weeks.Pattern.Ratio);
        Assert.Equal(weeks.Prior.Next!.Value.Rate, pattern.Prior(weeks.Hour).Next!.Value.Rate, 0.001);
    }
}
