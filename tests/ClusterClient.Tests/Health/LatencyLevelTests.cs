using ClusterClient.Health;

namespace ClusterClient.Tests.Health;

public sealed class LatencyLevelTests
{
    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(50, 50)]
    [InlineData(255, 255)]
    [InlineData(1_000, 1_000)]
    [InlineData(123_456, 123_456)]
    [InlineData(3_600_000_000, 3_600_000_000)]
    [InlineData(long.MaxValue, 9.22e18)]
    public void Back_OfALatency_IsItWithinHalfAPercent(long latency, double expected) =>
        Assert.InRange(LatencyLevel.Back(LatencyLevel.Of(latency)), expected * 0.995, expected * 1.005);

    [Fact]
    public void Of_LongerLatency_IsNeverLower()
    {
        for (var latency = 1L; latency < 1_000_000_000; latency += 1 + (latency / 500))
        {
            Assert.True(LatencyLevel.Of(latency + 1) >= LatencyLevel.Of(latency), $"at {latency}");
        }
    }

    [Theory]
    // Count of the one, of the other, and the mean, which is the geometric one within the approximation's 6 %.
    [InlineData(9, 1_000, 1, 60_000_000, 3_003)]
    [InlineData(5, 1_000, 5, 100_000, 10_000)]
    [InlineData(1, 1, 1, 1_000_000, 1_000)]
    public void TypicalLatency_OfMany_IsTheirGeometricMean(int some, long latency, int others, long otherLatency, double expected)
    {
        var window = new CallWindow();
        for (var i = 0; i < some + others; i++)
        {
            window.Add(0, i < some ? latency : otherLatency, faulted: false);
        }

        Assert.InRange(window.Tally(0, long.MinValue).TypicalLatency, expected * 0.93, expected * 1.07);
    }
}
