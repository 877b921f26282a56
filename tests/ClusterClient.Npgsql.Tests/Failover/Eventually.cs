namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>Waits for a state that nothing announces.</summary>
internal static class Eventually
{
    public static Task TrueAsync(Func<bool> holds, TimeSpan within) => TrueAsync(() => Task.FromResult(holds()), within);

    public static async Task TrueAsync(Func<Task<bool>> holds, TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await holds())
        {
            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"It did not come about within {within.TotalSeconds} s.");
            }
        }
    }
}
