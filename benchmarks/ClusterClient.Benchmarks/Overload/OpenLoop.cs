using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;

namespace ClusterClient.Benchmarks.Overload;

/// <summary>
/// Callers who come when they come, whether or not those before them have been served: overload does not slow them down, as it would
/// callers who wait for an answer.
/// </summary>
/// <param name="limit">After this long a caller has no use for the answer, and cancels.</param>
/// <param name="call">One request of a caller's.</param>
internal sealed class OpenLoop(TimeSpan limit, Func<int, CancellationToken, Task> call)
{
    private readonly ConcurrentBag<Outcome> _outcomes = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public double Now => _watch.Elapsed.TotalSeconds;

    /// <summary>Everything that has ended.</summary>
    public Outcome[] Outcomes => [.. _outcomes];

    /// <summary>A caller's requests: so many a second, with exponential times between them, for so long; ends when the last has ended.</summary>
    public async Task OfferAsync(int caller, double perSecond, TimeSpan time, int seed)
    {
        var random = new Random(seed);
        List<Task> running = [];
        var end = Now + time.TotalSeconds;
        for (var due = Now + Gap(); due < end; due += Gap())
        {
            if (due - Now is > 0 and var early)
            {
                await Task.Delay(TimeSpan.FromSeconds(early));
            }

            running.Add(RunAsync(caller, due));
        }

        await Task.WhenAll(running);

        double Gap() => -Math.Log(1 - random.NextDouble()) / perSecond;
    }

    private async Task RunAsync(int caller, double due)
    {
        using var patience = new CancellationTokenSource(limit);
        var served = false;
        try
        {
            await call(caller, patience.Token);
            served = Now - due <= limit.TotalSeconds;
        }
        catch (Exception e) when (e is DbException or OperationCanceledException or TimeoutException)
        {
        }

        _outcomes.Add(new(caller, due, Now - due, served));
    }
}
