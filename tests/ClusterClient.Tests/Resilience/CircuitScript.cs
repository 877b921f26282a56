using System.Collections.Concurrent;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Tests.Fakes;

namespace ClusterClient.Tests.Resilience;

/// <summary>One node's circuit under a clock that stands still, with what it told. Its draws are the middle: a break is as long as it is set.</summary>
internal sealed class CircuitScript
{
    private readonly ConcurrentQueue<CircuitChange> _changes = new();

    public CircuitScript(CircuitSettings? settings = null, params double[] draws)
    {
        Clock = new(Time);
        State = new(Peers);
        Circuit = new(State, settings ?? new(), Clock, Time, new ScriptedRandom(draws is [] ? [0.5] : draws), Signal, () => LongestBreak, change =>
        {
            _changes.Enqueue(change);
            OnChange(change);
        });
        State.Circuit = Circuit;
    }

    public ManualTimeProvider Time { get; } = new();

    public HealthClock Clock { get; }

    public PeerState Peers { get; } = new();

    public CircuitSignal Signal { get; } = new();

    public NodeState State { get; }

    public NodeCircuit Circuit { get; }

    /// <summary>What a break may last at most, beside the settings.</summary>
    public TimeSpan LongestBreak { get; set; } = TimeSpan.MaxValue;

    /// <summary>What a listener does with each change.</summary>
    public Action<CircuitChange> OnChange { get; set; } = _ => { };

    /// <summary>What it told so far: the kind, the seconds of a break, the cause.</summary>
    public string Told => string.Join('|', _changes.Select(c =>
        $"{c.Kind}{(c.Length > TimeSpan.Zero ? $" {Math.Round(c.Length.TotalSeconds, 2)}" : "")}: {c.Cause}"));

    public int Changes => _changes.Count;

    /// <summary>A call ends that began just now, or at another time.</summary>
    public void Call(bool faulted, long? beganAt = null)
    {
        var began = beganAt ?? Clock.Now;
        State.Begin(began);
        var inARow = State.Complete(began, Clock.Now, 0, faulted);
        if (faulted)
        {
            Circuit.Met(inARow, began, Clock.Now);
        }

        Time.Advance(TimeSpan.FromMilliseconds(1));
    }

    public async Task OpensAsync()
    {
        var changes = Changes;
        for (var i = 0; i < 5; i++)
        {
            Call(faulted: true);
        }

        await ChangesAsync(changes + 1);
    }

    /// <summary>The break ends, and a call becomes the trial.</summary>
    public async Task<int> HalfOpensAsync(double afterSeconds = 5.01)
    {
        var changes = Changes;
        Time.Advance(TimeSpan.FromSeconds(afterSeconds));
        var trial = Circuit.BeginTrial(Clock.Now);
        Assert.True(trial > 0, "there is no trial");
        await ChangesAsync(changes + 1);
        return trial;
    }

    public async Task EndsAsync(int trial, bool isSick)
    {
        var changes = Changes;
        Circuit.EndTrial(trial, new(isSick, isSick ? "the trial failed: Timeout" : "the trial was answered"));
        await ChangesAsync(changes + 1);
    }

    /// <summary>The same where somebody else has just begun it.</summary>
    public async Task EndsOnceHalfOpenAsync(int trial)
    {
        await ChangesAsync(2);
        await EndsAsync(trial, isSick: false);
    }

    public Task ChangesAsync(int count) => Until.TrueAsync(() => Changes == count, $"{count} changes");
}
