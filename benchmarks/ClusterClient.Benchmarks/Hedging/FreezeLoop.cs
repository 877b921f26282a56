using ClusterClient.Benchmarks.Reads;
using ClusterClient.Testing;

namespace ClusterClient.Benchmarks.Hedging;

/// <summary>Stops a server for a quarter of every second, from its construction until it is disposed.</summary>
internal sealed class FreezeLoop : IAsyncDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public FreezeLoop(PostgresNode node) => _running = RunAsync(node, _stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private static async Task RunAsync(PostgresNode node, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            node.Hang();
            await Task.Delay(ReadsSettings.Freeze, CancellationToken.None);
            node.Resume();
            await Task.Delay(Period - ReadsSettings.Freeze, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
