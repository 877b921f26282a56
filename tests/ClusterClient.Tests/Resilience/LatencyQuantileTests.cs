using ClusterClient.Resilience;

namespace ClusterClient.Tests.Resilience;

public sealed class LatencyQuantileTests
{
    [Fact]
    public void Level_TooFewKnown_IsZero()
    {
        var quantile = new LatencyQuantile(0.95);
        for (var i = 1; i < LatencyQuantile.Enough; i++)
        {
            quantile.Add(i);
            Assert.Equal(0, quantile.Level);
        }

        quantile.Add(LatencyQuantile.Enough);
        Assert.Equal(95, quantile.Level);
    }

    [Theory]
    [InlineData(0.5, 1, 200)]
    [InlineData(0.9, 2, 1_000)]
    [InlineData(0.95, 3, 300)]
    [InlineData(0.95, 4, 100_000)]
    [InlineData(0.99, 5, 1_000)]
    public void Level_LogNormal_LeavesItsShareAbove(double q, int seed, double scale)
    {
        var (random, quantile) = (new Random(seed), new LatencyQuantile(q));
        var (above, counted) = (0, 0);
        for (var i = 0; i < 60_000; i++)
        {
            var latency = (long)(scale * Math.Exp(0.5 * Normal(random)));
            if (i >= 10_000)
            {
                above += latency > quantile.Level ? 1 : 0;
                counted++;
            }

            quantile.Add(latency);
        }

        Assert.InRange((double)above / counted, (1 - q) * 0.85, (1 - q) * 1.15);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(0.1)]
    public void Level_LatencyChanges_Follows(double factor)
    {
        var (random, quantile) = (new Random(7), new LatencyQuantile(0.95));
        for (var i = 0; i < 5_000; i++)
        {
            quantile.Add((long)(1_000 * Math.Exp(0.5 * Normal(random)) * (i < 2_000 ? 1 : factor)));
        }

        // The 95th percentile of that log-normal is 2.28 times its median.
        Assert.InRange(quantile.Level, 2_276 * factor * 0.6, 2_276 * factor * 1.6);
    }

    [Fact]
    public void Level_OneColdReadFirst_DoesNotMatter()
    {
        var quantile = new LatencyQuantile(0.95);
        for (var i = 0; i < LatencyQuantile.Enough; i++)
        {
            quantile.Add(i == 0 ? 500_000 : 300);
        }

        Assert.Equal(300, quantile.Level);
    }

    [Fact]
    public void Level_KnownMerelyToBeLonger_CountsInFull()
    {
        var (random, full, cut) = (new Random(9), new LatencyQuantile(0.95), new LatencyQuantile(0.95));
        for (var i = 0; i < 5_000; i++)
        {
            var latency = (long)(1_000 * Math.Exp(0.5 * Normal(random)));
            full.Add(latency);
            cut.Add(i >= LatencyQuantile.Enough ? Math.Min(latency, (long)cut.Level + 1) : latency);
        }

        Assert.Equal(full.Level, cut.Level);
    }

    [Fact]
    public void Add_FromManyThreads_HasALevel()
    {
        var quantile = new LatencyQuantile(0.95);
        Parallel.For(0, 20_000, i => quantile.Add((i % 100) + 1));
        Assert.InRange(quantile.Level, 80, 130);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
