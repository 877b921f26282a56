namespace ClusterClient.Hosting.Tests;

/// <summary>Waits for states that come by themselves.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<T> HasAsync<T>(Func<Task<T>> look, Func<T, bool> isRight)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var seen = await look(); ; seen = await look())
        {
            if (isRight(seen))
            {
                return seen;
            }

            Assert.True(!limit.IsCancellationRequested, $"It is still {(seen is Microsoft.Extensions.Diagnostics.HealthChecks.HealthReportEntry entry ? $"{entry.Status}: {entry.Description}" : seen)}.");
            await pause.WaitForNextTickAsync();
        }
    }
}
