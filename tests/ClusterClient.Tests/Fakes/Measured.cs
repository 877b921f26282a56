using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ClusterClient.Tests.Fakes;

/// <summary>What one meter measures, as lines: the instrument, the value, and the values of the tags in their order.</summary>
internal sealed class Measured : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _lines = new();

    public Measured(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, $"{value}", tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, FormattableString.Invariant($"{value:0.####}"), tags));
        _listener.Start();
    }

    /// <summary>What an instrument that is asked for says now.</summary>
    public IReadOnlyList<string> Now(string instrument)
    {
        _lines.Clear();
        _listener.RecordObservableInstruments();
        return Lines(instrument);
    }

    /// <summary>All that has been measured so far.</summary>
    public IReadOnlyList<string> Lines(string instrument) =>
        [.. _lines.Where(l => l.StartsWith(instrument + " ", StringComparison.Ordinal)).Select(l => l[(instrument.Length + 1)..])];

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = $"{instrument.Name} {value}";
        foreach (var tag in tags)
        {
            text += $" {tag.Value}";
        }

        _lines.Enqueue(text);
    }
}
