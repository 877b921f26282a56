using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Dashboard.State;

/// <summary>The library's own numbers of each node, taken from its meter as any collector of metrics would. Thread-safe.</summary>
internal sealed class NodeMeter : IDisposable
{
    private const string Decisions = "clusterclient.route.decisions";
    private const string InFlightCalls = "clusterclient.calls.in_flight";
    private const string QueueLength = "clusterclient.queue.length";
    private const string Ejected = "clusterclient.node.ejected";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Instrument, string Node), long> _latest = new();
    private readonly Recent<string> _decisions;

    /// <summary>Listens from now on; to be made before the data source is.</summary>
    public NodeMeter(string cluster, TimeProvider time)
    {
        _decisions = new(time);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "ClusterClient", Name: Decisions or InFlightCalls or QueueLength or Ejected })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(cluster, instrument.Name, value, tags));
        _listener.Start();
    }

    public int InFlight(string node) => (int)Latest(InFlightCalls, node);

    public int Queued(string node) => (int)Latest(QueueLength, node);

    public bool IsEjected(string node) => Latest(Ejected, node) > 0;

    /// <summary>The nodes that were lately decided for, one entry a decision.</summary>
    public string[] RecentDecisions() => _decisions.All();

    /// <summary>Asks for the numbers that are only told when they are asked for.</summary>
    public void Collect() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private long Latest(string instrument, string node) => _latest.GetValueOrDefault((instrument, node));

    private void Take(string cluster, string instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string? node = null;
        foreach (var tag in tags)
        {
            if (tag is { Key: "clusterclient.cluster", Value: not null } && !cluster.Equals(tag.Value))
                return;
            if (tag.Key == "clusterclient.node")
                node = (string?)tag.Value;
        }

        if (node is null)
            return;
        if (instrument == Decisions)
            _decisions.Add(node);
        else
            _latest[(instrument, node)] = value;
    }
}
