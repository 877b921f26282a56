using System.Diagnostics;
using ClusterClient.Npgsql.Tests.Failover;

namespace ClusterClient.Npgsql.Tests.Faults;

/// <summary>
/// Counts what this process has before and after: timers, exceptions that nobody saw, and the data source itself, which is garbage once it
/// is disposed unless a task, a timer or a thread that goes on still holds it.
/// </summary>
internal sealed class Leftovers : IDisposable
{
    /// <summary>The test's own process has one that comes and goes. A run makes four calls, and what each leaves is more than that.</summary>
    private const int TimersOfTheProcess = 1;

    private readonly List<Exception> _unseen = [];
    private readonly long _timers;

    public Leftovers()
    {
        Collect();
        _timers = Timer.ActiveCount + TimersOfTheProcess;
        TaskScheduler.UnobservedTaskException += Note;
    }

    /// <summary>Waits until nothing is left of what came since, or fails and says of what.</summary>
    public async Task AssertNoneAsync(WeakReference source)
    {
        var began = Stopwatch.GetTimestamp();
        long timers;
        for (Collect(); (timers = Timer.ActiveCount) > _timers || source.IsAlive; Collect())
        {
            Assert.True(
                Stopwatch.GetElapsedTime(began) < Scenario.Patience,
                $"{timers} timers, {_timers} expected at most; the data source is {(source.IsAlive ? "still held" : "gone")}");
            await Task.Delay(20);
        }

        lock (_unseen)
        {
            Assert.Empty(_unseen);
        }
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Note;

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private void Note(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        lock (_unseen)
        {
            _unseen.Add(unobserved.Exception);
        }
    }
}
