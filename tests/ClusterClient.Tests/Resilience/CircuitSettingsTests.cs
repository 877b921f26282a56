using ClusterClient.Resilience;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Resilience;

public sealed class CircuitSettingsTests
{
    [Theory]
    [InlineData(0, 20, 5, 5, 60, "Circuit.FailureRatio is 0; set it above 0 and at most 1.")]
    [InlineData(1.1, 20, 5, 5, 60, "Circuit.FailureRatio is 1.1; set it above 0 and at most 1.")]
    [InlineData(double.NaN, 20, 5, 5, 60, "Circuit.FailureRatio is NaN; set it above 0 and at most 1.")]
    [InlineData(1, 0, 5, 5, 60, "Circuit.MinimumThroughput is 0; set it to 1 or more.")]
    [InlineData(1, 1, 0, 5, 60, "Circuit.ConsecutiveFaults is 0; set it to 1 or more.")]
    [InlineData(1, 1, 1, 0, 60, "Circuit.BreakDuration is 00:00:00; set it between 10 ms and one day.")]
    [InlineData(1, 1, 1, 5, 4, "Circuit.MaxBreakDuration is 00:00:04; set it between BreakDuration and one day.")]
    [InlineData(1, 1, 1, 5, 90_000, "Circuit.MaxBreakDuration is 1.01:00:00; set it between BreakDuration and one day.")]
    [InlineData(1, 1, 1, 5, 5, null)]
    public void Build_CircuitSettings_AreValidated(double ratio, int calls, int inARow, int seconds, int most, string? wrong)
    {
        var builder = new ClusterDataSourceBuilder("orders").UseDriver(() => new FakeDriver([new()], new ManualTimeProvider())).AddNode("a", "eu")
            .Configure(o => o.Circuit = new()
            {
                FailureRatio = ratio,
                MinimumThroughput = calls,
                ConsecutiveFaults = inARow,
                BreakDuration = TimeSpan.FromSeconds(seconds),
                MaxBreakDuration = TimeSpan.FromSeconds(most),
            });
        if (wrong is null)
        {
            builder.Build().Dispose();
            return;
        }

        Assert.Contains(wrong, Assert.Throws<InvalidOperationException>(builder.Build).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0.5, 5)]
    [InlineData(1, 0.5, 10)]
    [InlineData(3, 0.5, 40)]
    [InlineData(4, 0.5, 60)]
    [InlineData(2_000_000_000, 0.5, 60)]
    [InlineData(0, 0, 4)]
    [InlineData(0, 1, 6)]
    [InlineData(9, 1, 72)]
    [InlineData(9, 1, 18, 15)]
    [InlineData(1, 0.5, 10, 15)]
    [InlineData(0, 0.5, 1, 1)]
    public void BreakAfter_FailedTrials_DoublesUpToTheLongestAndIsDrawn(int failed, double draw, double seconds, double longest = 3600) =>
        Assert.Equal(
            seconds, CircuitBreaker.BreakAfter(failed, new(), TimeSpan.FromSeconds(longest), new ScriptedRandom(draw)).TotalSeconds, 6);

    [Fact]
    public void SteadyTime_WallClockIsSet_AdvancesWithTheTimestamps()
    {
        var time = new ManualTimeProvider();
        var steady = new SteadyTime(time);
        var before = steady.GetUtcNow();
        Assert.Equal(time.GetUtcNow(), before);
        time.Advance(TimeSpan.FromSeconds(3));
        time.UtcNow -= TimeSpan.FromDays(400);
        Assert.Equal(3, (steady.GetUtcNow() - before).TotalSeconds, 5);
    }
}
