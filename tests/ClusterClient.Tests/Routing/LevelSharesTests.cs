using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

public sealed class LevelSharesTests
{
    /// <summary>
    /// Envoy's rows: percent healthy of each level, then percent of the load. Of the last one Envoy's documentation says 36/36/28, which
    /// is rounded and adds up to 100 by luck; its code truncates to 35/35/28 and gives the 2 that are left to the first level, as ours.
    /// </summary>
    [Theory]
    [InlineData("100 100", "100 0", 100)]
    [InlineData("72 72", "100 0", 100)]
    [InlineData("71 71", "99 1", 100)]
    [InlineData("50 50", "70 30", 100)]
    [InlineData("25 100", "35 65", 100)]
    [InlineData("25 25", "50 50", 70)]
    [InlineData("25 25 100", "35 35 30", 100)]
    [InlineData("25 25 20", "37 35 28", 98)]
    [InlineData("0 100", "0 100", 100)]
    [InlineData("0 0 25 0", "0 0 100 0", 35)]
    [InlineData("0 0", "0 0", 0)]
    [InlineData("50 0 50 100", "70 0 30 0", 100)]
    public void Distribute_Health_IsEnvoysShares(string healthy, string expected, int possible)
    {
        float[] health = [.. healthy.Split(' ').Select(float.Parse)];
        var shares = new int[health.Length];
        Assert.Equal(possible, LevelShares.Distribute(health, [.. health.Select(_ => 100f)], shares));
        Assert.Equal(expected, string.Join(' ', shares));
    }

    [Fact]
    public void Distribute_AnyHealth_IsTheWholeLoad()
    {
        var random = new Random(20_260_821);
        for (var run = 0; run < 20_000; run++)
        {
            float[] total = [.. Enumerable.Range(0, 4).Select(_ => (float)random.Next(12))];
            float[] healthy = [.. total.Select(t => (float)random.Next((int)t + 1))];
            var shares = new int[4];
            var possible = LevelShares.Distribute(healthy, total, shares);
            Assert.Equal(healthy.Sum() > 0 ? 100 : 0, shares.Sum());
            Assert.InRange(possible, 0, 100);
            Assert.All(shares.Zip(healthy), s => Assert.True(s.First >= 0 && (s.Second > 0 || s.First == 0)));
            var first = Array.FindIndex(healthy, h => h > 0);
            Assert.True(first < 0 || !LevelShares.CarriesAll(healthy[first], total[first]) || shares[first] == 100);
        }
    }

    /// <summary>A level with any life at all has a part of the load, or nobody would ever hear that it is well again.</summary>
    [Fact]
    public void Distribute_OneOfVeryMany_HasOnePercent()
    {
        var shares = new int[2];
        LevelShares.Distribute([1, 300], [300, 300], shares);
        Assert.Equal([1, 99], shares);
    }

    [Theory]
    [InlineData(5, 7, true)]
    [InlineData(10, 14, true)]
    [InlineData(71, 100, false)]
    [InlineData(72, 100, true)]
    [InlineData(2, 3, false)]
    [InlineData(3, 4, true)]
    public void CarriesAll_HealthyOfTotal_From71PercentOn(float healthy, float total, bool expected) =>
        Assert.Equal(expected, LevelShares.CarriesAll(healthy, total));

    [Theory]
    // Somebody else can carry the rest, or half of them are well: the healthy ones it is.
    [InlineData(1, 10, 100, false)]
    [InlineData(5, 10, 70, false)]
    [InlineData(4, 10, 99, true)]
    [InlineData(0, 10, 0, true)]
    public void IsInPanic_HealthyOfTotal_BelowHalfWhereNobodyHelps(float healthy, float total, int possible, bool expected) =>
        Assert.Equal(expected, LevelShares.IsInPanic(healthy, total, possible));
}
