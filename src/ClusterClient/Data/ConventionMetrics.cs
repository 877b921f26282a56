using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using ClusterClient.Diagnostics;
using ClusterClient.Drivers;

namespace ClusterClient.Data;

/// <summary>What OpenTelemetry's convention for databases asks of every client, where the driver does not measure it by itself.</summary>
/// <remarks>
/// How long a connection is used is not among it: to know that, each would have to remember since when. Gauges of the convention are
/// among <see cref="ClusterGauges"/>.
/// </remarks>
internal sealed class ConventionMetrics
{
    private readonly ClusterMeter _meter;
    private readonly Histogram<double>? _wait;

    public ConventionMetrics(ClusterMeter meter, ClusterDriver driver, ImmutableArray<ClusterNode> nodes)
    {
        _meter = meter;
        if ((driver.Telemetry & DriverTelemetry.OperationDuration) == 0)
        {
            var duration = meter.Meter.CreateHistogram(
                "db.client.operation.duration", "s", "Duration of database client operations.", tags: null, ClusterMeter.OfCalls);
            foreach (var node in nodes)
            {
                Measure(node, driver, duration);
            }
        }

        if ((driver.Telemetry & DriverTelemetry.ConnectionWaitTime) == 0)
        {
            _wait = meter.Meter.CreateHistogram(
                "db.client.connection.wait_time", "s", "The time it took to obtain an open connection from the pool.", tags: null, ClusterMeter.OfCalls);
        }
    }

    /// <summary>Whether anybody wants <see cref="Waited"/> to be told.</summary>
    public bool MeasuresWaits => _wait is { Enabled: true };

    /// <summary>A driver has opened a connection within this many µs.</summary>
    public void Waited(int node, long microseconds) => _wait?.Record(microseconds / 1e6, _meter.TagsOf(node).OfPool);

    private static void Measure(ClusterNode node, ClusterDriver driver, Histogram<double> duration)
    {
        KeyValuePair<string, object?>[] tags =
        [
            new(TagNames.System, driver.SystemName), new(TagNames.Namespace, driver.Database), new(TagNames.ServerAddress, node.Endpoint.Host),
            .. node.Endpoint.Port == driver.DefaultPort ? [] : new[] { new KeyValuePair<string, object?>(TagNames.ServerPort, node.Endpoint.Port) },
        ];
        node.State.OnEnded = (microseconds, fault) =>
        {
            if (duration.Enabled)
            {
                duration.Record(microseconds / 1e6, fault is null ? tags : [.. tags, new(TagNames.ErrorType, $"{fault}")]);
            }
        };
    }
}
