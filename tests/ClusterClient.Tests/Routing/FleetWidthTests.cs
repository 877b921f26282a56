using ClusterClient.Routing;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Routing;

/// <summary>How much of a fleet one client goes through: its part of it, and more as it has more in flight.</summary>
public sealed class FleetWidthTests
{
    [Theory]
    [InlineData(0, 25)]
    [InlineData(5, 25)]
    [InlineData(10, 40)]
    [InlineData(100, 200)]
    public void LatencyScored_RequestsInFlight_WidenWhatIsScanned(int inFlight, int scanned)
    {
        var table = new RoutingTable(string.Join(' ', Enumerable.Repeat("R$2", 200)), isFleet: true);
        var busy = table.States[table.View.Order[199]];
        var now = table.Clock.Now;
        for (var i = 0; i < inFlight; i++)
        {
            busy.Begin(now);
        }

        // Long enough for the mean to have come to it.
        for (var i = 0; i < 5_000 && inFlight > 0; i++)
        {
            busy.Begin(now);
            busy.End(now);
        }

        var chosen = Enumerable.Range(0, 400).Select(t => table.Choose("read", (uint)t)).Distinct().Count();
        Assert.InRange(chosen, Math.Min(scanned, 128) - 5, Math.Min(scanned + 5, 128));
    }
}
