using System.Diagnostics.Metrics;

namespace ClusterClient.Npgsql.Tests.Data;

/// <summary>
/// Counts what the driver's pools have lent, by the driver's own metric. Only pools with the fixture's settings count: other tests
/// run in this process at the same time.
/// </summary>
internal static class PoolMeter
{
    private static readonly string OfTheFixture = $"Maximum Pool Size={ClusterFixture.PoolSize}";

    public static int Lent()
    {
        var lent = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is { Meter.Name: "Npgsql", Name: "db.client.connection.count" })
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, count, tags, _) =>
        {
            // The monitor's own connections are no pool's.
            var ofPool = true;
            var used = false;
            foreach (var tag in tags)
            {
                used |= tag is { Key: "db.client.connection.state", Value: "used" };
                ofPool &= tag is not { Key: "db.client.connection.pool.name", Value: string name }
                    || (name.Contains(OfTheFixture, StringComparison.OrdinalIgnoreCase)
                        && !name.Contains("Pooling=False", StringComparison.Ordinal));
            }

            lent += used && ofPool ? count : 0;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return lent;
    }
}
