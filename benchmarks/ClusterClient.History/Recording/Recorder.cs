using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;

namespace ClusterClient.History.Recording;

/// <summary>Takes down what happens, in memory and in a file, an object a line. Thread-safe.</summary>
internal sealed class Recorder : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    private readonly Lock _gate = new();
    private readonly List<Operation> _operations = [];
    private readonly List<FaultRecord> _faults = [];
    private readonly List<NamedLoss> _losses = [];
    private readonly List<CutCommit> _cuts = [];
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly Task _writing;

    /// <summary>Begins the file anew.</summary>
    public Recorder(string file)
    {
        var writer = new StreamWriter(file, append: false);
        _writing = WriteAsync(writer);
    }

    public RunClock Clock { get; } = new();

    public int OperationCount
    {
        get
        {
            lock (_gate)
            {
                return _operations.Count;
            }
        }
    }

    public void Add(Operation operation) => Add(_operations, operation, "operation");

    public void Add(FaultRecord fault) => Add(_faults, fault, "fault");

    public void Add(NamedLoss loss) => Add(_losses, loss, "loss");

    public void Add(CutCommit cut) => Add(_cuts, cut, "cut");

    public RunHistory Snapshot()
    {
        lock (_gate)
        {
            return new([.. _operations], [.. _faults], [.. _losses], [.. _cuts]);
        }
    }

    public ImmutableSortedDictionary<Outcome, int> Outcomes()
    {
        lock (_gate)
        {
            return _operations.CountBy(o => o.Outcome).ToImmutableSortedDictionary();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private void Add<T>(List<T> list, T item, string what)
    {
        lock (_gate)
        {
            list.Add(item);
        }

        _lines.Writer.TryWrite($"{{\"{what}\":{JsonSerializer.Serialize(item, Json)}}}");
    }

    private async Task WriteAsync(StreamWriter writer)
    {
        await using (writer)
        {
            await foreach (var line in _lines.Reader.ReadAllAsync())
            {
                await writer.WriteLineAsync(line);
            }
        }
    }
}
