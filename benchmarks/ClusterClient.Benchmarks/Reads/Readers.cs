namespace ClusterClient.Benchmarks.Reads;

/// <summary>The callers of one data source, at work from their construction until they are disposed.</summary>
internal sealed class Readers : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Read> _reads = [];
    private readonly Task _running;

    public Readers(ClusterDataSource source, ReadsSettings settings, int seed, string table = ReadLoop.Table) => _running = Task.WhenAll(Enumerable
        .Range(0, settings.Readers)
        .Select(i => new ReadLoop(source, new(seed + i), settings.Think, Note, table))
        .Select(loop => Task.Run(() => loop.RunAsync(_stop.Token))));

    public Read[] Since(long timestamp)
    {
        lock (_gate)
        {
            return [.. _reads.Where(r => r.EndedAt >= timestamp)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private void Note(Read read)
    {
        lock (_gate)
        {
            _reads.Add(read);
        }
    }
}
