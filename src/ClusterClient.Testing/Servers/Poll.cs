namespace ClusterClient.Testing.Servers;

/// <summary>Waits for a state by looking again every few milliseconds, never past a deadline.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(3);

    /// <param name="condition">Asked until true; its token ends with the deadline, so that a silent server cannot hold
    /// it.</param>
    /// <param name="limit">The deadline, from now.</param>
    /// <param name="complaint">The message of the <see cref="TimeoutException"/>, built only when it is needed.</param>
    /// <param name="ct">The caller's own wish to stop waiting.</param>
    public static async Task UntilAsync(
        Func<CancellationToken, ValueTask<bool>> condition, TimeSpan limit, Func<string> complaint, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(limit, TimeProvider.System);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            while (!await condition(bounded.Token).ConfigureAwait(false))
                await Task.Delay(Interval, TimeProvider.System, bounded.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException(complaint());
        }
    }
}
