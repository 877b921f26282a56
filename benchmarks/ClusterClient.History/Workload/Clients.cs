using ClusterClient.History.Recording;

namespace ClusterClient.History.Workload;

/// <summary>All clients, which can be stopped for a while. For one caller at a time.</summary>
internal sealed class Clients : IDisposable
{
    // More than the longest that the library lets a call take.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly Client[] _clients;
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;

    public Clients(int count, int seed, Func<Performer> performer, Recorder recorder, CommitLog commits) => _clients =
    [
        .. Enumerable.Range(1, count).Select(number =>
        {
            var random = new Random((seed * 397) ^ number);
            return new Client(new OperationPlan(number, count, random), performer(), recorder, commits, random);
        }),
    ];

    public void Start()
    {
        var stop = _stop = new CancellationTokenSource();
        _running = Task.WhenAll(_clients.Select(c => Task.Run(() => c.RunAsync(stop.Token))));
    }

    /// <summary>Returns once every client has been told what became of its last operation.</summary>
    /// <exception cref="TimeoutException">One still waits for that after a minute.</exception>
    public async Task StopAsync()
    {
        Dispose();
        try
        {
            await _running.WaitAsync(StopLimit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"A client still waits for an answer {StopLimit.TotalSeconds:0} s after it should have had one.");
        }
    }

    /// <summary>Has every client end with the operation that it is at, and waits for none.</summary>
    public void Dispose()
    {
        _stop?.Cancel();
        _stop?.Dispose();
        _stop = null;
    }
}
