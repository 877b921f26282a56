using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ClusterClient.Tests.Fakes;

/// <summary>Waits for a state that other threads bring about; the limit only ends a test that is lost anyway.</summary>
internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        for (var watch = Stopwatch.StartNew(); !condition();)
        {
            Assert.True(watch.Elapsed < Limit, $"Not after {Limit}: {what}");
            await Task.Delay(1);
        }
    }

    /// <summary>Lets the clock run in small steps until the state is there, which must be before it has run for so long.</summary>
    public static async Task TrueAsync(
        ManualTimeProvider clock,
        TimeSpan step,
        TimeSpan limit,
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        for (var ran = TimeSpan.Zero; !condition(); ran += step)
        {
            Assert.True(ran < limit, $"Not within {limit} of the clock's time: {what}");
            clock.Advance(step);
            await Task.Delay(1);
        }
    }

    /// <summary>The task, which must end soon.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Soon(this Task task) => task.WaitAsync(Limit);
}
