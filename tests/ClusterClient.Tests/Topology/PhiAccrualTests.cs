using ClusterClient.Topology;

namespace ClusterClient.Tests.Topology;

public sealed class PhiAccrualTests
{
    private static readonly TimeSpan Cap = TimeSpan.FromMilliseconds(900);

    [Theory]
    [InlineData(0, 0.3010)]
    [InlineData(1, 0.7995)]
    [InlineData(2, 1.6428)]
    [InlineData(3, 2.9095)]
    [InlineData(4, 4.7367)]
    [InlineData(5, 7.2999)]
    [InlineData(6, 10.7826)]
    public void Phi_DeviationsAboveTheMean_IsThatOfTheTable(double deviations, double expected) =>
        Assert.Equal(expected, PhiAccrual.Phi(deviations), 4);

    [Fact]
    public void Phi_FarAboveTheMean_IsInfinite()
    {
        Assert.Equal(double.PositiveInfinity, PhiAccrual.Phi(100));
        Assert.Equal(0, PhiAccrual.Phi(-100));
    }

    [Fact]
    public void Limit_LittleIsKnown_IsTheCap()
    {
        var rhythm = new PhiAccrual(Cap);
        for (var i = 0; i < PhiAccrual.Enough; i++)
        {
            Assert.Equal(Cap, rhythm.Limit);
            rhythm.Add(TimeSpan.FromMilliseconds(1));
        }

        // 1 + 300 + 5.226 * 100.
        Assert.Equal(823.6, rhythm.Limit.TotalMilliseconds, 0.1);
        rhythm.Forget();
        Assert.Equal(Cap, rhythm.Limit);
    }

    [Fact]
    public void PhiAt_TheLimit_IsTheThreshold()
    {
        var rhythm = Learnt(new Random(1), mean: 120, spread: 15);
        Assert.Equal(Cap, rhythm.Limit);
        var near = Learnt(new Random(1), mean: 40, spread: 5);
        Assert.True(near.Limit < Cap);
        Assert.Equal(PhiAccrual.Threshold, near.PhiAt(near.Limit), 3);
        Assert.True(near.PhiAt(near.Limit * 1.05) > PhiAccrual.Threshold);
    }

    [Fact]
    public void Limit_FarNode_SuspectsItOnceInAMillionLooksAtMost()
    {
        // 200 ms, give or take 60: the farthest that the standard profile is for.
        var random = new Random(7);
        var rhythm = new PhiAccrual(Cap);
        var suspected = 0;
        for (var look = 0; look < 1_000_000; look++)
        {
            var took = TimeSpan.FromMilliseconds(Math.Max(1, Normal(random, 200, 60)));
            if (took > rhythm.Limit)
            {
                suspected++;
            }

            rhythm.Add(took);
        }

        Assert.InRange(suspected, 0, 1);
    }

    [Fact]
    public void Limit_RhythmChanges_IsFollowed()
    {
        var rhythm = Learnt(new Random(3), mean: 1, spread: 0.2);
        var before = rhythm.Limit;
        for (var i = 0; i < PhiAccrual.Window * 5; i++)
        {
            rhythm.Add(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal((before + TimeSpan.FromMilliseconds(49)).TotalMilliseconds, rhythm.Limit.TotalMilliseconds, 2.0);
    }

    [Fact]
    public void Limit_WhateverTheLooksTook_IsBetweenTheirMeanAndTheCap()
    {
        var random = new Random(11);
        for (var run = 0; run < 200; run++)
        {
            var cap = TimeSpan.FromMilliseconds(10 + random.Next(60_000));
            var rhythm = new PhiAccrual(cap);
            var mean = 0.0;
            for (var n = 1; n <= 300; n++)
            {
                // An answered look took no longer than its limit.
                var took = rhythm.Limit * Math.Pow(random.NextDouble(), 1 + random.Next(8));
                rhythm.Add(took);
                mean += (took.TotalSeconds - mean) / Math.Min(n, PhiAccrual.Window);
                Assert.InRange(rhythm.Limit.TotalSeconds, Math.Min(mean, cap.TotalSeconds) - 1e-6, cap.TotalSeconds);
                Assert.True(rhythm.PhiAt(rhythm.Limit) <= PhiAccrual.Threshold + 0.001 || rhythm.Limit == cap);
            }
        }
    }

    private static PhiAccrual Learnt(Random random, double mean, double spread)
    {
        var rhythm = new PhiAccrual(Cap);
        for (var i = 0; i < 1_000; i++)
        {
            rhythm.Add(TimeSpan.FromMilliseconds(Math.Max(0.1, Normal(random, mean, spread))));
        }

        return rhythm;
    }

    private static double Normal(Random random, double mean, double deviation) =>
        mean + (deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
