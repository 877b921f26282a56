using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

/// <summary>The monitor's connection to a <see cref="FakeServer"/>: idles on the test's clock.</summary>
internal sealed class FakeProbe(FakeServer server, TimeProvider clock) : INodeProbe
{
    private int _looks;

    public bool IsConnected { get; private set; }

    public bool IsDisposed { get; private set; }

    public int Looks => Volatile.Read(ref _looks);

    /// <summary>Whether the monitor idles on it now.</summary>
    public bool IsWatched { get; private set; }

    /// <summary>How long it was to be idled on, each time.</summary>
    public List<TimeSpan> Watches { get; } = [];

    public async Task<NodeFacts> LookAsync()
    {
        Interlocked.Increment(ref _looks);
        var facts = await server.OnLook();
        IsConnected = true;
        return facts;
    }

    public async Task WatchAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var broken = server.Broken;
        lock (Watches)
        {
            Watches.Add(duration);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var idle = Task.Delay(duration, clock, over.Token);
        IsWatched = true;
        try
        {
            await await Task.WhenAny(idle, broken.Task);
        }
        finally
        {
            IsWatched = false;
            await over.CancelAsync();
        }
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
