using ClusterClient.Health.Patterns;

namespace ClusterClient.Tests.Health.Patterns;

public sealed class SeasonalLevelTests
{
    [Fact]
    public void After_AFourHourStep_GoesTwoThirdsOfTheWay()
    {
        var level = new SeasonalLevel(100, 100).After(rate: 200, season: 100, seconds: 4 * 3600);
        Assert.Equal(100 + (100 * (1 - Math.Exp(-1))), level.Rate, 9);
        Assert.Equal(100, level.Season, 9);
    }

    [Fact]
    public void After_ManySmallSteps_IsTheSameAsOneLarge()
    {
        var level = new SeasonalLevel(100, 50);
        var steps = Enumerable.Range(0, 60).Aggregate(level, (l, _) => l.After(300, 70, 60));
        var (rate, season) = level.After(300, 70, 3600);
        Assert.Equal((rate, season), (steps.Rate, steps.Season), new Near());
    }

    [Fact]
    public void After_SeasonThatTurnsAsTheLoadDoes_KeepsTheRatio()
    {
        var level = new SeasonalLevel(150, 100);
        foreach (var season in new[] { 100, 1_000, 3, 0.001, 400 })
        {
            level = level.After(season * 1.5, season, 3600);
            Assert.Equal(1.5, level.Ratio, 9);
        }
    }

    [Fact]
    public void After_SeasonThatIsNotKnown_DrawsTheRatioToOne() =>
        Assert.InRange(new SeasonalLevel(200, 100).After(200, null, 3600).Ratio, 1.5, 1.9);

    [Fact]
    public void At_AnotherHour_KeepsTheRatio() => Assert.Equal(new SeasonalLevel(20, 10), new SeasonalLevel(200, 100).At(10));

    private sealed class Near : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) =>
            Math.Abs(x.Item1 - y.Item1) < 1e-9 && Math.Abs(x.Item2 - y.Item2) < 1e-9;

        public int GetHashCode((double, double) obj) => 0;
    }
}
