using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>Collects in memory what this process tells, as an application would have it exported; each asks for what is its own.</summary>
internal sealed class Telemetry : IDisposable
{
    private readonly ActivitySource _application = new($"application {Guid.NewGuid()}");
    private readonly Collected<Activity> _spans = new();
    private readonly Collected<Metric> _metrics = new();
    private readonly TracerProvider _traces;
    private readonly MeterProvider _meters;
    private readonly string _cluster;

    public Telemetry(string cluster)
    {
        _cluster = cluster;
        _traces = Sdk.CreateTracerProviderBuilder()
            .AddSource(_application.Name, "Npgsql").AddClusterClientInstrumentation().AddInMemoryExporter(_spans).Build();
        _meters = Sdk.CreateMeterProviderBuilder().AddClusterClientInstrumentation().AddInMemoryExporter(_metrics).Build();
    }

    /// <summary>A span of the application's own, which is current until it is disposed.</summary>
    public Activity Begin() => _application.StartActivity("request")!;

    /// <summary>The spans of this trace that have ended, by their name, in the order of their ends.</summary>
    public IReadOnlyList<Activity> Spans(Activity trace, string? name = null) =>
        [.. _spans.Where(s => s.TraceId == trace.TraceId && (name is null || s.OperationName == name))];

    /// <summary>The one span of this trace with that name; waits for its end.</summary>
    public async Task<Activity> SpanAsync(Activity trace, string name, Func<Activity, bool>? which = null)
    {
        await Eventually.TrueAsync(() => Spans(trace, name).Any(which ?? (_ => true)), () => $"There is no {name}; there are:\n{Tree(trace)}");
        return Assert.Single(Spans(trace, name), s => which is null || which(s));
    }

    /// <summary>Those of every trace in this process.</summary>
    public IEnumerable<Activity> AllSpans => _spans;

    /// <summary>The spans of a trace with their tags, for a message.</summary>
    public string Tree(Activity trace) => string.Join('\n', Spans(trace).Select(
        s => $"{s.SpanId} < {s.ParentSpanId} {s.Source.Name}/{s.OperationName} {string.Join(", ", s.TagObjects.Select(t => $"{t.Key}={t.Value}"))}"));

    /// <summary>The points of an instrument of this cluster, with their tags.</summary>
    public IReadOnlyList<Point> Points(string instrument)
    {
        _metrics.Clear();
        _meters.ForceFlush();
        var points = new List<Point>();
        foreach (var metric in _metrics.Where(m => m.Name == instrument))
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var tags = new Dictionary<string, string?>();
                foreach (var tag in point.Tags)
                {
                    tags[tag.Key] = $"{tag.Value}";
                }

                if (tags.GetValueOrDefault("clusterclient.cluster") == _cluster)
                {
                    points.Add(new(tags, Value(metric, point)));
                }
            }
        }

        return points;
    }

    /// <summary>Waits until an instrument has such a point, and returns its value.</summary>
    public async Task<double> ValueAsync(string instrument, Func<Point, bool> which)
    {
        await Eventually.TrueAsync(
            () => Points(instrument).Any(which), () => $"{instrument} has no such point; it has:\n{string.Join('\n', Points(instrument))}");
        return Points(instrument).First(which).Value;
    }

    public void Dispose()
    {
        _traces.Dispose();
        _meters.Dispose();
        _application.Dispose();
    }

    private static double Value(Metric metric, in MetricPoint point) => metric.MetricType switch
    {
        MetricType.Histogram => point.GetHistogramCount(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        _ => point.GetSumLong(),
    };

    /// <summary>One point; a histogram's value is how often it was recorded.</summary>
    public sealed record Point(Dictionary<string, string?> Tags, double Value)
    {
        public string? this[string tag] => Tags.GetValueOrDefault(tag);

        public override string ToString() => $"{Value}: {string.Join(", ", Tags.Select(t => $"{t.Key}={t.Value}"))}";
    }
}
