namespace ClusterClient.Data;

/// <summary>
/// The calls at one node that are to be cancelled because nobody wants their answers any more, one after the other. A driver may block until
/// the server has heard of a cancellation: while it is frozen, one thread waits for that and not one for each call, and calls that have
/// ended by the time that their turn comes need no cancelling. Thread-safe.
/// </summary>
internal sealed class CancellationLine
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Cancels the call when it is its turn, unless it has ended. Never on the caller's thread, and never fails.</summary>
    public async Task CancelAsync(Task call, CancellationTokenSource cancellation)
    {
        // Bounded by the driver's own timeouts, each call of those before it.
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (!call.IsCompleted)
            {
                // A thread of its own: the pool's are needed by calls that are well.
                await Task.Factory.StartNew(cancellation.Cancel, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
