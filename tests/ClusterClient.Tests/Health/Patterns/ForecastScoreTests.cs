using ClusterClient.Health.Patterns;

namespace ClusterClient.Tests.Health.Patterns;

/// <summary>On virtual weeks: where a pattern is used, and where it switches itself off.</summary>
public sealed class ForecastScoreTests
{
    private const int First = 490_000;

    [Theory]
    // Nothing to be told from one week; half a week of judged hours, and it is on.
    [InlineData(1.0, PatternState.Learning)]
    [InlineData(1.49, PatternState.Learning)]
    [InlineData(1.51, PatternState.Active)]
    [InlineData(5.0, PatternState.Active)]
    public void State_PerfectSeason_IsActiveAfterHalfAJudgedWeek(double weeks, object expected) =>
        Assert.Equal(expected, new VirtualWeeks(Loads.Office, First).Weeks(weeks).Prior.Score.State);

    [Fact]
    public void Mase_PerfectSeason_IsZero() =>
        Assert.Equal(0, new VirtualWeeks(Loads.Office, First).Weeks(4).Prior.Score.Mase!.Value, 0.01);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    public void State_SeasonAndNoise_IsActiveNearlyAlways(double deviation)
    {
        var states = StatesOf(seed => Loads.Office.Noisy(deviation, seed));
        Assert.InRange(states.Count(s => s == PatternState.Active) / (double)states.Count, 0.95, 1);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.6)]
    public void State_PureNoise_IsOffNearlyAlways(double deviation)
    {
        var states = StatesOf(seed => Loads.Flat.Noisy(deviation, seed));
        Assert.InRange(states.Count(s => s == PatternState.Off) / (double)states.Count, 0.97, 1);
    }

    [Fact]
    public void Mase_LevelDoublesInTheMiddleOfAWeek_BeatsLastWeekByFar()
    {
        var week = new VirtualWeeks(Loads.Office.Noisy(0.1, seed: 3).Shifted(First + (6 * HourOfWeek.Count), 2), First).Weeks(7);
        Assert.InRange(week.Prior.Score.Mase!.Value, 0, 0.5);
    }

    [Fact]
    public void State_SeasonThatVanishes_SwitchesItselfOff()
    {
        Func<int, double> noise = Loads.Flat.Noisy(0.3, seed: 1);
        var weeks = new VirtualWeeks(hour => hour < First + (5 * HourOfWeek.Count) ? Loads.Office(hour) : noise(hour), First).Weeks(5);
        Assert.Equal(PatternState.Active, weeks.Prior.Score.State);
        weeks.Weeks(1);
        Assert.Equal((PatternState.Off, null, null, 0f), (weeks.Prior.Score.State, weeks.Prior.Now, weeks.Prior.Next, weeks.Prior.Service));
    }

    [Fact]
    public void State_NodeThatServesNothing_NeverLeavesLearning()
    {
        var score = new VirtualWeeks(_ => 0, First).Weeks(4).Minutes(1).Prior.Score;
        Assert.Equal((PatternState.Learning, null, 168), (score.State, score.Mase, score.Hours));
    }

    [Fact]
    public void Hours_Judged_AreThoseOfTheLastSevenDays()
    {
        // The last hour is not completed before a sample of the next has come.
        var weeks = new VirtualWeeks(Loads.Office, First).Weeks(3).Minutes(1);
        Assert.Equal((168, PatternState.Active), (weeks.Prior.Score.Hours, weeks.Prior.Score.State));
        weeks.Off(24);
        Assert.Equal((144, PatternState.Active), (weeks.Prior.Score.Hours, weeks.Prior.Score.State));
        weeks.Off(3 * 24);
        Assert.Equal((72, PatternState.Learning), (weeks.Prior.Score.Hours, weeks.Prior.Score.State));
    }

    [Theory]
    // The stricter of the two rivals counts.
    [InlineData(8, 10, 20, 0.8)]
    [InlineData(8, 20, 10, 0.8)]
    [InlineData(12, 10, 20, 1.2)]
    // A rival that is nearly perfect counts as if it missed by a twentieth of the load.
    [InlineData(2, 0, 20, 0.4)]
    public void Of_OneRival_IsTheRelationToTheBetter(float forecast, float lastWeek, float levelAlone, double expected)
    {
        var profile = HourOfWeekProfile.Empty.With(First, 100, 500, new(forecast, lastWeek, levelAlone));
        Assert.Equal(expected, profile.Score(First + 1).Mase!.Value, 6);
    }

    // Each day of seven weeks, once four are learnt, for three loads of the kind.
    private static List<PatternState> StatesOf(Func<int, Func<int, double>> load)
    {
        List<PatternState> states = [];
        for (var seed = 0; seed < 3; seed++)
        {
            var weeks = new VirtualWeeks(load(seed), First).Weeks(4);
            for (var day = 0; day < 7 * 7; day++)
            {
                states.Add(weeks.Hours(24).Prior.Score.State);
            }
        }

        return states;
    }
}
