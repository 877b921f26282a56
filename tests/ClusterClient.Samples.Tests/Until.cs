using System.Diagnostics;

namespace ClusterClient.Samples.Tests;

internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is yes, and fails when it has not been after 60 s.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, Func<string>? last = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Limit, $"Not after {Limit}: {what}. {last?.Invoke()}");
            await Task.Delay(BetweenQuestions);
        }
    }
}
