using System.Diagnostics.CodeAnalysis;
using ClusterClient.Health;
using ClusterClient.Resilience;

namespace ClusterClient.Data;

/// <summary>
/// One command or batch under way: the node counts it as in flight from the moment it is sent until its first answer, a fault or its
/// caller's giving up, whichever comes first, and learns from it how quickly it serves. Ended exactly once; <c>default</c> counts nothing.
/// </summary>
/// <remarks>
/// A reader that is kept open is over for it: its rows are the caller's pace, and would make a node look frozen on which nothing waits.
/// What the end needs is taken along from the beginning: by the time that the answer comes, everything else is out of the caches.
/// The trial is the number of that of the node's circuit, for a call that is it. That it may write is its sign: every call with a token keeps
/// one of these, and what it holds is what they allocate.
/// </remarks>
internal readonly struct CallTicket(ConnectionOpener opener, ClusterNode node, long began, int trial = 0, bool mayWrite = false)
{
    private readonly int _trial = mayWrite ? ~trial : trial;
    private readonly NodeState? _state = node.State;
    private readonly HealthClock _clock = opener.Clock;
    private readonly float _roundTrip = opener.RoundTripTo(node);

    /// <summary>When it began, in µs.</summary>
    public long BeganAt => began;

    private int Trial => _trial < 0 ? ~_trial : _trial;

    [MemberNotNullWhen(true, nameof(_state))]
    private bool Counts => _state is not null;

    /// <summary>The first of the answer is here.</summary>
    public void Answered()
    {
        if (Counts)
        {
            var now = _clock.Now;
            _state.Complete(began, now, _roundTrip, faulted: false);
            _state.OnEnded?.Invoke(now - began, null);
            if (_trial < 0)
            {
                _state.Writes.Add(now);
            }

            EndTrial(new(IsSick: false, "the trial was answered"));
        }
    }

    /// <summary>It ended in an exception that means this.</summary>
    public void Failed(Fault fault)
    {
        _state?.OnEnded?.Invoke(_clock.Now - began, fault.Kind);
        OpenFailed(fault);
    }

    /// <summary>The same of an open, which is no command.</summary>
    public void OpenFailed(Fault fault)
    {
        if (Counts && fault.BlamesNode)
        {
            var now = _clock.Now;
            if (fault.Kind is FaultKind.Timeout or FaultKind.Overloaded)
            {
                _state.Overloaded(began, now);
            }

            var inARow = _state.Complete(began, now, _roundTrip, faulted: true);
            EndTrial(new(IsSick: true, $"the trial failed: {fault.Kind}"));
            _state.Circuit?.Met(inARow, began, now);
            _state.OnFault?.Invoke(inARow);
        }
        else if (Counts && fault.Kind == FaultKind.PoolExhausted)
        {
            // It waited for this process, not for the node.
            _state.End(began);
            EndTrial(null);
        }
        else
        {
            GivenUp();
        }
    }

    /// <summary>It ended, and says nothing of the node.</summary>
    public void GivenUp()
    {
        if (Counts)
        {
            _state.GiveUp(began, _clock.Now, _roundTrip);
            EndTrial(null);
        }
    }

    private void EndTrial(CircuitVerdict? verdict)
    {
        if (Trial is not 0 and var trial)
        {
            _state!.Circuit?.EndTrial(trial, verdict);
        }
    }
}
