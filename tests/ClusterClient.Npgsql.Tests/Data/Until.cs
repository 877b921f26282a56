using System.Diagnostics;

namespace ClusterClient.Npgsql.Tests.Data;

internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Asks until the answer is yes, and fails when it has not been after 5 s.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Limit, what());
            await Task.Yield();
        }
    }

    public static Task TrueAsync(Func<bool> condition, Func<string> what) => TrueAsync(() => Task.FromResult(condition()), what);
}
