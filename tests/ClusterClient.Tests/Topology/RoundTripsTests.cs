using System.Globalization;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Topology;

public sealed class RoundTripsTests
{
    /// <summary>Measurements in ms, and the shortest after each.</summary>
    [Theory]
    [InlineData("5", "5")]
    [InlineData("5 3 4 9", "5 3 3 3")]
    // One pause is forgotten at once, one lucky packet after its window and the next.
    [InlineData("90 5", "90 5")]
    [InlineData("5 5 5 1 5 5 5 5 5 5", "5 5 5 1 1 1 1 1 5 5")]
    [InlineData("1 5 5 5 5 5 5 5 5", "1 1 1 1 1 1 1 1 5")]
    // A network that became slower is believed once the windows have passed.
    [InlineData("5 5 5 5 9 9 9 9 9", "5 5 5 5 5 5 5 5 9")]
    // The server's own time may exceed what was measured: never nothing or less.
    [InlineData("0 5", "0.001 0.001")]
    [InlineData("-3", "0.001")]
    public void Add_Measurements_ShortestOfTheLastFourToEight(string measured, string expected)
    {
        var trips = default(RoundTrips);
        Assert.Equal(TimeSpan.Zero, trips.Shortest);
        var shortest = new List<string>();
        foreach (var ms in measured.Split(' '))
        {
            trips = trips.Add(TimeSpan.FromMilliseconds(double.Parse(ms, CultureInfo.InvariantCulture)));
            shortest.Add(trips.Shortest.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture));
        }

        Assert.Equal(expected, string.Join(' ', shortest));
    }

    [Fact]
    public void Add_AnyMeasurements_WithinTheWindowsOfAListOfAll()
    {
        var random = new Random(7);
        var (trips, all) = (default(RoundTrips), new List<int>());
        for (var i = 0; i < 10_000; i++)
        {
            all.Add(random.Next(1, 1_000));
            trips = trips.Add(TimeSpan.FromMilliseconds(all[^1]));
            var shortest = (int)trips.Shortest.TotalMilliseconds;
            Assert.InRange(shortest, all.TakeLast(2 * RoundTrips.Window).Min(), all.TakeLast(RoundTrips.Window).Min());
        }
    }
}
