using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Dashboard.Story;

namespace Dashboard.Web;

/// <summary>
/// What every open page is sent: first what there was before it came, then each picture and each sentence as it comes. Thread-safe.
/// </summary>
internal sealed class EventStream
{
    /// <summary>Half a minute of them: as much as a chart shows.</summary>
    private const int KeptPictures = 60;

    private const int KeptSentences = 100;

    /// <summary>A page that falls this far behind is sent away, comes back, and is told what it missed.</summary>
    private const int Backlog = 200;

    private readonly Lock _gate = new();
    private readonly Queue<Picture> _pictures = new();
    private readonly Queue<TimelineEntry> _timeline = new();
    private readonly HashSet<Channel<SseItem<string>>> _readers = [];

    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public void Publish(Picture picture) => Publish("picture", picture, _pictures, KeptPictures);

    public void Publish(TimelineEntry entry) => Publish("sentence", entry, _timeline, KeptSentences);

    public async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var reader = Channel.CreateBounded<SseItem<string>>(Backlog);
        lock (_gate)
        {
            reader.Writer.TryWrite(Item("history", new { Pictures = _pictures, Sentences = _timeline }));
            _readers.Add(reader);
        }

        try
        {
            await foreach (var item in reader.Reader.ReadAllAsync(stop))
                yield return item;
        }
        finally
        {
            lock (_gate)
                _readers.Remove(reader);
        }
    }

    /// <summary>Sends every page away, so that the server need not wait for them when it ends.</summary>
    public void Close()
    {
        lock (_gate)
        {
            foreach (var reader in _readers)
                reader.Writer.TryComplete();
        }
    }

    private void Publish<T>(string type, T data, Queue<T> kept, int limit)
    {
        lock (_gate)
        {
            kept.Enqueue(data);
            while (kept.Count > limit)
                kept.Dequeue();
            if (_readers.Count == 0)
                return;
            var item = Item(type, data);
            foreach (var late in _readers.Where(reader => !reader.Writer.TryWrite(item)).ToArray())
            {
                late.Writer.TryComplete();
                _readers.Remove(late);
            }
        }
    }

    private static SseItem<string> Item<T>(string type, T data) => new(JsonSerializer.Serialize(data, Json), type);
}
