using ClusterClient.Health;

namespace ClusterClient.Tests.Health;

/// <summary>How long the next ejection lasts, by how many there were and how long ago.</summary>
public sealed class EjectionTests
{
    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(3, 90)]
    [InlineData(10, 300)]
    [InlineData(11, 300)]
    [InlineData(200, 300)]
    public void After_OneRightAfterAnother_GrowsToTheLongest(int times, int seconds) =>
        Assert.Equal(seconds, Repeated(times).Duration / 1e6);

    [Theory]
    // Clean seconds after so many ejections, and how long the next one lasts.
    [InlineData(3, 0, 120)]
    [InlineData(3, 9.999, 120)]
    [InlineData(3, 10, 90)]
    [InlineData(3, 19.999, 90)]
    [InlineData(3, 20, 60)]
    [InlineData(3, 30, 30)]
    [InlineData(3, 1e9, 30)]
    // It has stopped counting at the longest: ten clean intervals forget everything.
    [InlineData(200, 10, 300)]
    [InlineData(200, 20, 270)]
    [InlineData(200, 100, 30)]
    public void After_CleanTime_ForgetsOneEjectionPerInterval(int times, double clean, int seconds)
    {
        var last = Repeated(times);
        var next = Ejection.After(last, "again", last.Until + (long)(clean * 1e6), OutlierSettings.Default);
        Assert.Equal(seconds, next.Duration / 1e6);
    }

    [Fact]
    public void After_ReadmittedBeforeItsEnd_CountsFromItsTrueEnd()
    {
        var last = Repeated(3) with { Until = 1_000_000 };
        Assert.Equal(90, Ejection.After(last, "again", 11_000_000, OutlierSettings.Default).Duration / 1e6);
    }

    private static Ejection Repeated(int times)
    {
        Ejection? last = null;
        for (var i = 0; i < times; i++)
        {
            last = Ejection.After(last, "faults", last?.Until ?? 1_000_000, OutlierSettings.Default);
        }

        return last!;
    }
}
