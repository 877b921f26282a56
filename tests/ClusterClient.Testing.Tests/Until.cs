using System.Diagnostics;

namespace ClusterClient.Testing.Tests;

internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Asks every few milliseconds until the answer is yes, and fails when it has not been after 15 s.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Limit, $"Not after {Limit}: {what}");
            await Task.Delay(5);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);
}
