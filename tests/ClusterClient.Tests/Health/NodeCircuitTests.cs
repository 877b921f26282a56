using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Tests.Fakes;
using ClusterClient.Tests.Resilience;

namespace ClusterClient.Tests.Health;

/// <summary>When a node's circuit opens, and what becomes of it, step by step.</summary>
public sealed class NodeCircuitTests
{
    [Theory]
    // A character a call: '.' answered, 'x' a fault, '-' eleven seconds without any.
    [InlineData("xxxx", null)]
    [InlineData("xxxxx", "5 faults in a row")]
    [InlineData("xxxx.xxxx", null)]
    [InlineData("xxxx-xxxx", "5 faults in a row")]
    [InlineData("x.x.x.x.x.x.x.x.x.x", null)]
    [InlineData("x.x.x.x.x.x.x.x.x..x", "10 of 20 calls faulted within 10 s")]
    [InlineData(".x.x.x.x.x.x.x.x.x.x", "10 of 20 calls faulted within 10 s")]
    [InlineData("..x.x.x.x.x.x.x.x.x.x", null)]
    [InlineData("........xx.xx.xx.xx.-x", null)]
    public async Task Met_Calls_OpensByRatioOrByFaultsInARow(string calls, string? cause)
    {
        var script = new CircuitScript();
        foreach (var call in calls)
        {
            if (call == '-')
            {
                script.Time.Advance(TimeSpan.FromSeconds(11));
            }
            else
            {
                script.Call(faulted: call == 'x');
            }
        }

        Assert.Equal(cause is not null, !script.State.Gate.IsClosed);
        Assert.Equal(cause is not null, script.Peers.HasGates);
        await script.ChangesAsync(cause is null ? 0 : 1);
        Assert.Equal(cause is null ? "" : $"CircuitOpened 5: {cause}", script.Told);
    }

    [Fact]
    public async Task Met_CallsThatBreakTogether_AreOnePieceOfEvidence()
    {
        var script = new CircuitScript();
        var began = script.Clock.Now;
        for (var i = 0; i < 15; i++)
        {
            script.Call(faulted: true, beganAt: began);
        }

        Assert.True(script.State.Gate.IsClosed);
        await script.OpensAsync();
    }

    [Fact]
    public async Task Trial_Answered_ClosesAndForgets()
    {
        var script = new CircuitScript();
        await script.OpensAsync();
        Assert.False(script.State.Gate.IsTrialDue(script.Clock.Now + 4_900_000));
        Assert.Equal(0, script.Circuit.BeginTrial(script.Clock.Now));
        var trial = await script.HalfOpensAsync();
        Assert.Equal((CircuitStatus.HalfOpen, false), (script.State.Gate.Status, script.State.Gate.IsTrialDue(script.Clock.Now)));
        await script.EndsAsync(trial, isSick: false);
        Assert.True(script.State.Gate.IsClosed);
        Assert.False(script.Peers.HasGates);
        Assert.Equal(
            "CircuitOpened 5: 5 faults in a row|CircuitHalfOpened: the break is over, and one call is let through|CircuitClosed: the trial was answered",
            script.Told);
        for (var i = 0; i < 4; i++)
        {
            script.Call(faulted: true);
        }

        Assert.True(script.State.Gate.IsClosed);
        script.Call(faulted: true);
        Assert.False(script.State.Gate.IsClosed);
    }

    [Fact]
    public async Task Trial_FailsAgainAndAgain_BreaksDoubleUpToTheLongest()
    {
        var script = new CircuitScript();
        await script.OpensAsync();
        foreach (var length in new[] { 5, 10, 20, 40, 60, 60 })
        {
            Assert.Contains($"CircuitOpened {length}: ", script.Told.Split('|')[^1], StringComparison.Ordinal);
            Assert.InRange(script.State.Gate.DueAt - script.Clock.Now, (length * 1_000_000) - 10_000, (length * 1_000_000) + 1_000);
            await script.EndsAsync(await script.HalfOpensAsync(length + .01), isSick: true);
        }

        await script.EndsAsync(await script.HalfOpensAsync(60.01), isSick: false);
        await script.OpensAsync();
        Assert.Contains("CircuitOpened 5: ", script.Told.Split('|')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trial_CancelledOrUnused_ClosesNothingAndIsHandedOn()
    {
        var script = new CircuitScript();
        await script.OpensAsync();
        var trial = await script.HalfOpensAsync();
        for (var i = 0; i < 3; i++)
        {
            var news = script.Signal.Next;
            script.Circuit.EndTrial(trial, verdict: null);
            await news.Soon();
            Assert.Equal((CircuitStatus.HalfOpen, 2), (script.State.Gate.Status, script.Changes));
            Assert.True(script.State.Gate.IsTrialDue(script.Clock.Now));
            trial = script.Circuit.BeginTrial(script.Clock.Now);
            Assert.Equal((1, 0), (trial, script.Circuit.BeginTrial(script.Clock.Now)));
        }

        await script.EndsAsync(trial, isSick: true);
        Assert.Contains("CircuitOpened 10: the trial failed", script.Told, StringComparison.Ordinal);
        // What it would have said is of no interest any more.
        script.Circuit.EndTrial(trial, new(IsSick: false, "late"));
        script.Circuit.EndTrial(trial, verdict: null);
        await script.HalfOpensAsync(10.01);
        Assert.DoesNotContain("late", script.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trial_SaysNothingForABreak_AnotherBeginsBesideItAndEitherDecides()
    {
        var script = new CircuitScript();
        await script.OpensAsync();
        var first = await script.HalfOpensAsync();
        script.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, script.Circuit.BeginTrial(script.Clock.Now));
        script.Time.Advance(TimeSpan.FromSeconds(.2));
        Assert.Equal(first, script.Circuit.BeginTrial(script.Clock.Now));
        await script.EndsAsync(first, isSick: true);
        Assert.Equal(CircuitStatus.Open, script.State.Gate.Status);
    }

    [Fact]
    public async Task Open_CallsFromBeforeFail_TheBreakIsNotExtended()
    {
        var script = new CircuitScript();
        var began = script.Clock.Now;
        await script.OpensAsync();
        var due = script.State.Gate.DueAt;
        for (var i = 0; i < 50; i++)
        {
            script.Call(faulted: true, i % 2 == 0 ? began : null);
        }

        Assert.Equal((due, 1), (script.State.Gate.DueAt, script.Changes));
        await script.EndsAsync(await script.HalfOpensAsync(), isSick: false);
        script.Call(faulted: true, began);
        Assert.True(script.State.Gate.IsClosed);
    }

    [Fact]
    public async Task Open_WallClockIsSetBack_TheTrialIsDueAllTheSame()
    {
        var script = new CircuitScript();
        await script.OpensAsync();
        script.Time.UtcNow -= TimeSpan.FromDays(30);
        await script.EndsAsync(await script.HalfOpensAsync(), isSick: false);
        await script.OpensAsync();
        script.Time.UtcNow += TimeSpan.FromDays(60);
        Assert.Equal(0, script.Circuit.BeginTrial(script.Clock.Now));
        Assert.Equal(CircuitStatus.Open, script.State.Gate.Status);
    }

    [Fact]
    public async Task BeginTrial_ManyThreadsAtOnce_OneOfThemIsIt()
    {
        for (var run = 0; run < 30; run++)
        {
            var script = new CircuitScript();
            await script.OpensAsync();
            script.Time.Advance(TimeSpan.FromSeconds(5.01));
            using var start = new Barrier(8);
            var trials = new int[8];
            var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
            {
                start.SignalAndWait();
                trials[t] = script.Circuit.BeginTrial(script.Clock.Now);
            })).ToArray();
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            await script.EndsOnceHalfOpenAsync(Assert.Single(trials, t => t != 0));
            Assert.Equal(3, script.Changes);
        }
    }

    [Fact]
    public async Task Met_ManyThreadsAtOnce_OpensOnce()
    {
        for (var run = 0; run < 30; run++)
        {
            var script = new CircuitScript();
            using var start = new Barrier(8);
            var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
            {
                start.SignalAndWait();
                script.Circuit.Met(5, script.Clock.Now, script.Clock.Now);
            })).ToArray();
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            Assert.False(script.State.Gate.IsClosed);
            await script.ChangesAsync(1);
            await script.EndsAsync(await script.HalfOpensAsync(), isSick: false);
            Assert.False(script.Peers.HasGates);
        }
    }

    [Fact]
    public async Task IsolateAsync_UntilReset_NoEvidenceNoTrialAndNoRiseChangesIt()
    {
        var script = new CircuitScript();
        await script.Circuit.IsolateAsync(default).Soon();
        await script.Circuit.IsolateAsync(default).Soon();
        Assert.True(script.State.Gate.IsIsolated);
        for (var i = 0; i < 30; i++)
        {
            script.Call(faulted: true);
        }

        script.Time.Advance(TimeSpan.FromDays(9));
        Assert.Equal(0, script.Circuit.BeginTrial(script.Clock.Now));
        script.Circuit.Risen(script.Clock.Now);
        Assert.Equal("NodeIsolated: an operator asked for it", script.Told);
        Assert.True(script.State.Gate.IsIsolated && script.Peers.HasGates);
        await script.Circuit.ResetAsync(default).Soon();
        Assert.True(script.State.Gate.IsClosed && !script.Peers.HasGates);
        Assert.EndsWith("|CircuitClosed: an operator reset it", script.Told, StringComparison.Ordinal);
        Assert.Equal(2, script.Changes);
        await script.OpensAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reset_DuringATrial_ClosesAndTheTrialsEndIsNoNews(bool byRise)
    {
        var script = new CircuitScript();
        await script.OpensAsync();
        var trial = await script.HalfOpensAsync();
        if (byRise)
        {
            script.Circuit.Risen(script.Clock.Now);
        }
        else
        {
            await script.Circuit.ResetAsync(default).Soon();
        }

        await script.ChangesAsync(3);
        Assert.True(script.State.Gate.IsClosed);
        script.Circuit.EndTrial(trial, new(IsSick: true, "late"));
        await script.OpensAsync();
        var second = await script.HalfOpensAsync();
        script.Circuit.EndTrial(trial, new(IsSick: true, "late"));
        Assert.NotEqual(trial, second);
        await script.EndsAsync(second, isSick: false);
        Assert.DoesNotContain("late", script.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IsolateAsync_DuringATrial_TheTrialsAnswerDoesNotOpenTheDoor()
    {
        var script = new CircuitScript();
        await script.OpensAsync();
        var trial = await script.HalfOpensAsync();
        await script.Circuit.IsolateAsync(default).Soon();
        script.Circuit.EndTrial(trial, new(IsSick: false, "late"));
        script.Circuit.EndTrial(trial, null);
        await script.Circuit.IsolateAsync(default).Soon();
        Assert.Equal((true, 3), (script.State.Gate.IsIsolated, script.Changes));
    }

    [Fact]
    public async Task IsolateAsync_ListenersAreSlowAndATrialIsDue_IsInForceAtOnce()
    {
        using var heard = new ManualResetEventSlim();
        var script = new CircuitScript();
        script.OnChange = _ => heard.Wait(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 5; i++)
        {
            script.Call(faulted: true);
        }

        await script.ChangesAsync(1);
        var news = script.Signal.Next;
        var isolating = script.Circuit.IsolateAsync(default);
        script.Time.Advance(TimeSpan.FromSeconds(5.01));
        Assert.Equal(0, script.Circuit.BeginTrial(script.Clock.Now));
        Assert.Equal((true, true), (script.State.Gate.IsIsolated, news.IsCompleted));
        heard.Set();
        await isolating.Soon();
        Assert.Equal((true, 2), (script.State.Gate.IsIsolated, script.Changes));
        await script.Circuit.ResetAsync(default).Soon();
        Assert.True(script.State.Gate.IsClosed && !script.Peers.HasGates);
    }

    [Fact]
    public async Task ResetAsync_ClosedCircuit_TellsNothingAndForgetsTheFaults()
    {
        var script = new CircuitScript();
        for (var i = 0; i < 4; i++)
        {
            script.Call(faulted: true);
        }

        await script.Circuit.ResetAsync(default).Soon();
        script.Call(faulted: true);
        Assert.Equal((true, 0), (script.State.Gate.IsClosed, script.Changes));
    }

    [Theory]
    [InlineData(0, CircuitStatus.Closed)]
    [InlineData(1, CircuitStatus.Open)]
    [InlineData(2, CircuitStatus.HalfOpen)]
    [InlineData(3, CircuitStatus.Isolated)]
    public void Gate_Kinds_AreToldApartWhateverTheTime(int kind, CircuitStatus status)
    {
        foreach (var time in new long[] { 0, 1, -7, 5_000_000, 1L << 50, -(1L << 50) })
        {
            var gate = kind switch
            {
                0 => default,
                1 => CircuitGate.OpenUntil(time),
                2 => CircuitGate.TrialUntil(time),
                _ => CircuitGate.Isolated,
            };
            Assert.Equal((status, kind == 0, kind == 3), (gate.Status, gate.IsClosed, gate.IsIsolated));
            Assert.Equal(kind is 1 or 2 ? time : CircuitGate.Never, gate.DueAt);
            Assert.Equal((kind is 1 or 2, false), (gate.IsTrialDue(time), gate.IsTrialDue(time - 1)));
        }

        Assert.False(CircuitGate.Opening.IsTrialDue(1L << 55));
    }
}
