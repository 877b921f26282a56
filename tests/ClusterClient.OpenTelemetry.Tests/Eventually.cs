namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>Waits for a state that nothing announces.</summary>
internal static class Eventually
{
    /// <summary>Longer than anything here takes on the busiest machine; a wait that ends by it has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<Task<bool>> holds, Func<string> what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            Assert.False(patience.IsCancellationRequested, what());
            await Task.Delay(5);
        }
    }

    public static Task TrueAsync(Func<bool> holds, Func<string> what) => TrueAsync(() => Task.FromResult(holds()), what);
}
