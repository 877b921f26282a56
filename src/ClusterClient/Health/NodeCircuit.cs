using ClusterClient.Resilience;
using ClusterClient.Topology;

namespace ClusterClient.Health;

/// <summary>One node's circuit: when it opens, who is its trial, and the gate that routing reads. Thread-safe.</summary>
/// <remarks>
/// <para>
/// It opens by the calls that ended at the node within ten seconds, <c>calls ≥ MinimumThroughput</c> and <c>faults / calls ≥
/// FailureRatio</c>, or by <c>ConsecutiveFaults</c> in a row, which a window alone sees late on a node that is asked little. Both are
/// looked at only when a call has just ended in a fault: a healthy node's calls pay nothing. What was before it closed last, or before its
/// server rose, is not held against it.
/// </para>
/// <para>
/// The trial is the first connection that is opened when the break is over, up to the end of its first command. While it is out the node
/// counts as open for all others. A trial that says nothing, because its caller gave up or sent nothing, is handed on to the next call.
/// One that takes longer than a break lets another begin beside it; the first of them that ends decides.
/// </para>
/// <para>
/// Locks are for transitions and for calls that were sent here as a trial; routing reads <see cref="NodeState.Gate"/> alone. Rule and
/// defaults: Polly's, with a rule for faults in a row as in Finagle's failure accrual.
/// </para>
/// </remarks>
internal sealed class NodeCircuit(
    NodeState state,
    CircuitSettings? settings,
    HealthClock clock,
    TimeProvider time,
    Random random,
    CircuitSignal signal,
    Func<TimeSpan> longestBreak,
    Action<CircuitChange> changed) : ICircuitObserver
{
    private const long Millisecond = 1_000;

    private readonly Lock _sync = new();
    private readonly CircuitSettings _breaks = settings ?? CircuitSettings.Default;
    private CircuitBreaker? _breaker;
    private CircuitTrial? _trial;
    private int _trials;
    private bool _isIsolated;

    // The listeners' hearing of the last isolation or closing.
    private Task _told = Task.CompletedTask;
    private string _cause = "";
    private string _closing = "";
    private long _evidenceFrom = long.MinValue / 4;

    /// <summary>Why it is open, or was last; empty when it never was.</summary>
    public string Cause => Volatile.Read(ref _cause);

    /// <summary>A call ended in a fault of the node's.</summary>
    /// <param name="faultsInARow">How many in a row it is with this one; 0 when it is no news.</param>
    /// <param name="beganAt">When the call began.</param>
    /// <param name="now">The present time.</param>
    public void Met(int faultsInARow, long beganAt, long now)
    {
        var since = Volatile.Read(ref _evidenceFrom);
        if (faultsInARow == 0 || beganAt < since || !state.Gate.IsClosed || Evidence(faultsInARow, now, since) is not { } cause)
        {
            return;
        }

        lock (_sync)
        {
            if (!state.Gate.IsClosed || _isIsolated)
            {
                return;
            }

            Volatile.Write(ref _cause, cause);
            state.SetGate(CircuitGate.Opening);
        }

        _ = OpenAsync(new(IsSick: true, cause));
    }

    /// <summary>Makes the call that is about to be sent the trial.</summary>
    /// <returns>The trial's number, for <see cref="EndTrial"/>; 0 when another was quicker.</returns>
    public int BeginTrial(long now)
    {
        lock (_sync)
        {
            if (!state.Gate.IsTrialDue(now))
            {
                return 0;
            }

            var patience = Math.Min(_breaks.BreakDuration.TotalMicroseconds, longestBreak().TotalMicroseconds);
            state.SetGate(CircuitGate.TrialUntil(now + (long)patience));
            if (_trial is { } begun)
            {
                return begun.Number;
            }

            var trial = new CircuitTrial(_trials = _trials == int.MaxValue - 1 ? 1 : _trials + 1);
            _trial = trial;
            // In here, so that it can meet no other state than the one that it is the trial of. Nothing of ours runs in it, but what
            // follows a refusal, which takes the trial back before this returns.
            _ = RunAsync(trial);
            return _trial == trial ? trial.Number : 0;
        }
    }

    /// <summary>A call that was the trial is over.</summary>
    /// <param name="number">What <see cref="BeginTrial"/> returned.</param>
    /// <param name="verdict">What it says of the node; null when it says nothing.</param>
    public void EndTrial(int number, CircuitVerdict? verdict)
    {
        lock (_sync)
        {
            if (_trial?.Number != number)
            {
                return;
            }

            if (verdict is { } known)
            {
                _trial.Decide(known);
                return;
            }

            Free_NeedsLock();
        }

        signal.Set();
    }

    /// <summary>An operator wants nothing sent there. Done when routing and the listeners know.</summary>
    public Task IsolateAsync(CancellationToken cancellationToken)
    {
        Task told;
        lock (_sync)
        {
            if (!_isIsolated)
            {
                _isIsolated = true;
                _trial = null;
                // At once, because the breaker lets no trial through from here on, and its listeners may hear of it late.
                state.SetGate(CircuitGate.Isolated);
                _told = Breaker_NeedsLock.IsolateAsync();
            }

            told = _told;
        }

        signal.Set();
        return told.WaitAsync(cancellationToken);
    }

    /// <summary>An operator wants it used again. Done when routing and the listeners know.</summary>
    public Task ResetAsync(CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            _isIsolated = false;
            Close_NeedsLock("an operator reset it", clock.Now);
            return _told.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Its server came back, or serves in another role: it was another that failed. What an operator wants holds all the same.</summary>
    public void Risen(long now)
    {
        lock (_sync)
        {
            if (!_isIsolated)
            {
                Close_NeedsLock("its server came back, or in another role", now);
            }
        }
    }

    void ICircuitObserver.Opened(TimeSpan length, string cause)
    {
        Volatile.Write(ref _cause, cause);
        // A little later than the breaker has it, whose clock was read before: it must not refuse the trial.
        Set(CircuitGate.OpenUntil(clock.Now + (long)length.TotalMicroseconds + Millisecond));
        changed(new(TopologyEventKind.CircuitOpened, cause, length));
    }

    void ICircuitObserver.HalfOpened() => changed(new(TopologyEventKind.CircuitHalfOpened, "the break is over, and one call is let through"));

    void ICircuitObserver.Closed(string? cause)
    {
        Forget(clock.Now);
        Set(CircuitGate.Closed);
        changed(new(TopologyEventKind.CircuitClosed, cause ?? Volatile.Read(ref _closing)));
    }

    void ICircuitObserver.Isolated()
    {
        Volatile.Write(ref _cause, "");
        Set(CircuitGate.Isolated);
        changed(new(TopologyEventKind.NodeIsolated, "an operator asked for it"));
    }

    // Nothing runs, and nothing is kept, for a node whose circuit never left its place.
    private CircuitBreaker Breaker_NeedsLock => _breaker ??= new(_breaks, time, random, longestBreak, this);

    private string? Evidence(int faultsInARow, long now, long since)
    {
        if (settings is null)
        {
            return null;
        }

        if (faultsInARow >= settings.ConsecutiveFaults)
        {
            return $"{faultsInARow} faults in a row";
        }

        var tally = state.Tally(now, since);
        return tally.Calls >= settings.MinimumThroughput && tally.FaultRatio >= settings.FailureRatio
            ? $"{tally.Faults} of {tally.Calls} calls faulted within 10 s"
            : null;
    }

    private async Task OpenAsync(CircuitVerdict verdict)
    {
        Task opened;
        lock (_sync)
        {
            opened = Breaker_NeedsLock.OpenAsync(verdict);
        }

        await opened.ConfigureAwait(false);
        lock (_sync)
        {
            if (state.Gate != CircuitGate.Opening)
            {
                return;
            }

            state.SetGate(CircuitGate.Closed);
        }

        signal.Set();
    }

    private async Task RunAsync(CircuitTrial trial)
    {
        if (await Breaker_NeedsLock.TryAsync(trial.Verdict).ConfigureAwait(false))
        {
            return;
        }

        // The breaker let no trial through: the circuit was closed or isolated in this moment.
        lock (_sync)
        {
            if (_trial == trial)
            {
                _trial = null;
                Free_NeedsLock();
            }
        }

        signal.Set();
    }

    private void Close_NeedsLock(string cause, long now)
    {
        Forget(now);
        Volatile.Write(ref _closing, cause);
        _told = _breaker?.CloseAsync() ?? Task.CompletedTask;
    }

    private void Forget(long now)
    {
        Volatile.Write(ref _evidenceFrom, now);
        state.ForgetFaults();
    }

    private void Free_NeedsLock()
    {
        if (state.Gate.IsHalfOpen)
        {
            state.SetGate(CircuitGate.TrialUntil(clock.Now));
        }
    }

    // A trial of a time that is over is dropped as it is: its execution waits on and is forgotten with it, so that no late
    // verdict can meet another trial's time. What was on its way when an operator isolated the node opens no door.
    private void Set(CircuitGate gate)
    {
        lock (_sync)
        {
            _trial = null;
            state.SetGate(_isIsolated ? CircuitGate.Isolated : gate);
        }

        signal.Set();
    }
}
