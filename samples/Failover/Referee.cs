using System.Diagnostics;

namespace Failover;

/// <summary>Measures what faults cost the contenders.</summary>
internal sealed class Referee(IReadOnlyList<Contender> contenders, TimeSpan limit)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly List<FaultOutcome> _outcomes = [];

    public IReadOnlyList<FaultOutcome> Outcomes => _outcomes;

    /// <summary>How long the reads of each contender took while one replica was slow; empty before that.</summary>
    public IReadOnlyList<Latency?> ReadsWhileSlow { get; private set; } = [];

    public void NoteReadsWhileSlow() =>
        ReadsWhileSlow = [.. contenders.Select(contender => Latency.Of(contender.Calls.Recent().Where(call => call.IsRead)))];

    /// <summary>Forgets the gaps so far.</summary>
    public void StartAgain()
    {
        foreach (var contender in contenders)
            contender.Clock.Restart();
    }

    /// <summary>Lets a fault happen and measures until everybody has got over it, or the limit has passed.</summary>
    /// <param name="fault">What it is.</param>
    /// <param name="strike">Does it, has another node promoted, and returns the timestamp of the promotion.</param>
    /// <param name="stop">Ends it; then it is not counted.</param>
    public async Task MeasureAsync(string fault, Func<Task<long>> strike, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        int[] errors = [.. contenders.Select(contender => contender.Errors)];
        StartAgain();
        var promotedAt = await strike();
        await WaitUntilSteadyAsync(start, stop);
        _outcomes.Add(new(
            fault,
            promotedAt,
            [.. contenders.Select(contender => contender.Clock.Gap)],
            [.. contenders.Select((contender, i) => contender.Errors - errors[i])]));
    }

    /// <summary>Waits until everybody writes again, but not for ever.</summary>
    public Task WaitUntilSteadyAsync(CancellationToken stop) => WaitUntilSteadyAsync(Stopwatch.GetTimestamp(), stop);

    private async Task WaitUntilSteadyAsync(long start, CancellationToken stop)
    {
        await Task.Delay(Least, stop);
        while (Stopwatch.GetElapsedTime(start) < limit && !contenders.All(contender => contender.Clock.IsSteady))
            await Task.Delay(Poll, stop);
    }
}
