using System.Diagnostics;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>
/// One call's way to a connection: what it asked for, when it must end, and what went wrong so far. It decides; the opener waits
/// and connects, once asynchronously and once not.
/// </summary>
internal partial struct OpenAttempt(ConnectionOpener opener, RouteScope scope, RouteIntent intent, MoveFrom? from = null)
{
    private RouteRequest _request = opener.Selector.Request(scope, intent) with { Avoid = (from?.Node?.Index ?? -1) + 1 };
    private Exception? _lastFault = from?.Cause;
    private NodeDescription? _lastFailed;
    private ClusterNode? _lastTried = from?.Node;
    private int _failures;
    private bool _hasWaited;
    private bool _isElsewhere;

    /// <summary>The span of the whole way; null where nobody listens.</summary>
    public Activity? Span { get; init; }

    public Deadline Deadline { get; init; } = new(opener.Time, from?.Limit ?? opener.Limits.OpenTimeout);

    /// <summary>The snapshot of the last choice; what is awaited after a refusal is its successor, so that no change is missed.</summary>
    public ClusterTopology Topology { get; private set; } = opener.Topology;

    /// <summary>None after the first failure: the node is doubted by then and the next choice is another, or a wait.</summary>
    public readonly TimeSpan Pause
    {
        get
        {
            if (_failures < 2)
            {
                return TimeSpan.Zero;
            }

            var pause = OpenLimits.FirstPause * Math.Pow(2, Math.Min(_failures - 2, 10));
            pause = pause < OpenLimits.LongestPause ? pause : OpenLimits.LongestPause;
            return AtMostRemaining(pause);
        }
    }

    /// <summary>For how long it may wait for its turn at a node.</summary>
    public readonly TimeSpan PatienceInLine =>
        opener.Limits.Concurrency.MaxQueueTime is var most && most < Deadline.Remaining ? most : Deadline.Remaining;

    /// <summary>The node to go to now, its circuit's trial begun where the call is that; null when there is none.</summary>
    public Admission? Choose()
    {
        for (var wasSick = false; ;)
        {
            Topology = opener.Topology;
            _request = _request.In(Topology) with { Now = opener.Clock.Now };
            if ((from?.Only ?? opener.Choose(_request, Topology)) is not { } node)
            {
                _hasWaited = true;
                return null;
            }

            if (from?.Only is not null && !IsStillWanted(node))
            {
                ThrowIfOnly(node);
            }

            var gate = node.State.Gate;
            if (gate.IsClosed)
            {
                return new(node, Trial: 0);
            }

            if (gate.IsTrialDue(_request.Now))
            {
                if (node.State.Circuit?.BeginTrial(_request.Now) is > 0 and var trial)
                {
                    return new(node, trial);
                }
            }
            else if (gate.IsIsolated)
            {
                // Since it was chosen.
                if (from?.Only is not null)
                {
                    throw new NodeLeftException(node.Endpoint.Name);
                }
            }
            else if (wasSick)
            {
                // Twice, so it is not that another was quicker to be the trial: nobody else can serve. Whichever it is now, because a
                // policy that takes turns need not choose the same one.
                return new(node, Trial: 0);
            }
            else
            {
                wasSick = true;
            }
        }
    }

    /// <summary>Begins at another replica what the first was too busy for, before anybody waits. The primary is not bothered with it.</summary>
    public bool TryElsewhere(ref Admission admission, long now)
    {
        // The newest one: the call may have waited since its own.
        var topology = opener.Topology;
        if (_request.Intent == RouteIntent.Write || from?.Only is not null
            || opener.Choose(_request with { Avoid = admission.Node.Index + 1 }, topology) is not { } other
            || other.Index == admission.Node.Index || other.Index == topology.Primary?.Index || !other.State.Gate.IsClosed
            || !other.State.TryBeginOpen(now))
        {
            return false;
        }

        admission = new(other, Trial: 0);
        _isElsewhere = true;
        return true;
    }

    /// <summary>
    /// How long to wait for news: to the end of the call's time, or of a break after which a write could be the trial; and not for long where a replica may
    /// catch up to what a read has to show, which is no news to others.
    /// </summary>
    /// <param name="isLast">Whether time is up then.</param>
    public readonly TimeSpan Patience(out bool isLast)
    {
        var left = Deadline.Remaining;
        isLast = true;
        if (_request.Intent == RouteIntent.Write && Topology.Primary is { } primary
            && opener.Selector.States[primary.Index].Gate.DueAt is var due && due > _request.Now && due != CircuitGate.Never)
        {
            // A millisecond late rather than early; one that has passed since the choice is asked for at once.
            var untilDue = TimeSpan.FromMicroseconds(Math.Max(0, due - opener.Clock.Now) + 1_000);
            isLast = left <= untilDue;
            return isLast ? left : untilDue;
        }

        if (_request.After is not null)
        {
            isLast = left <= OpenLimits.LongestPause;
            return isLast ? left : OpenLimits.LongestPause;
        }

        return left;
    }

    /// <summary>Tells the node's health of an open that failed.</summary>
    public readonly void Failed(Exception exception, Admission admission, long began)
    {
        var node = admission.Node;
        var ticket = new CallTicket(opener, node, began, admission.Trial);
        if (exception is NodeLeftException)
        {
            ticket.GivenUp();
        }
        else
        {
            ticket.OpenFailed(opener.Classify(exception));
        }

        node.State.Closed();
    }

    /// <summary>
    /// Whether an attempt at this node has to wait. One more at a node that has failed, and is what it was, is a retry and has to fit in the
    /// budget; to go on to another node, or to one that has come back, is none: nothing of what went before is a load on that.
    /// </summary>
    public readonly bool IsOverBudget(ClusterNode node) =>
        _lastFailed is { } failed && failed.Index == node.Index && !opener.Retries.IsOff
        && opener.Topology.Nodes[node.Index] is var now && now.Session == failed.Session && now.RisenAt == failed.RisenAt
        && !opener.Retries.Budget.TryRetry(opener.Clock.Now);

    /// <summary>How long to wait then.</summary>
    public readonly TimeSpan PauseOverBudget() => !Deadline.HasPassed ? AtMostRemaining(OpenLimits.LongestPause)
        : throw Refuse("the last attempt failed, and the retry budget was spent for the rest of its time");

    // In whole milliseconds, upwards: a timer's pause of less is none, and its caller would spin.
    private readonly TimeSpan AtMostRemaining(TimeSpan pause) =>
        TimeSpan.FromMilliseconds(Math.Ceiling((pause < Deadline.Remaining ? pause : Deadline.Remaining).TotalMilliseconds));

    /// <summary>Whether the call looks for another way after this exception; it throws the refusal itself when time is up.</summary>
    public bool GoesOnAfter(Exception exception, ClusterNode node)
    {
        _lastTried = node;
        if (exception is LocalWaitException && from?.Only is null)
        {
            _lastFault ??= exception;
            (Topology, _request) = (opener.Topology, _request with { Now = opener.Clock.Now });
            throw Refuse(exception.Message);
        }

        var outOfTime = false;
        if (exception is not NodeLeftException)
        {
            outOfTime = exception is TimeoutException && Deadline.HasPassed;
            var fault = opener.Classify(exception);
            if (!outOfTime && !fault.QuestionsNode && (!fault.IsTransient || opener.Retries.IsOff))
            {
                if (exception is not OperationCanceledException)
                {
                    Tell(exception, fault, _failures + 1);
                }

                return false;
            }

            opener.NoteOpenFault(exception, node, outOfTime || fault.QuestionsNode);
            // Not of this one's own snapshot, which is as old as the last choice that was not waited for.
            _lastFailed = opener.Topology.Nodes[node.Index];
            _request = _request with { Avoid = node.Index + 1 };
        }

        if (from?.Only is not null)
        {
            return false;
        }

        // That its time ran out over one more attempt, or that the node left, explains less than what it met before.
        _lastFault = outOfTime || exception is NodeLeftException ? _lastFault ?? exception : exception;
        _failures++;
        if (Deadline.HasPassed)
        {
            // What stands now: the wait before the last attempt looked with a copy of this.
            (Topology, _request) = (opener.Topology, _request with { Now = opener.Clock.Now });
            throw Refuse();
        }

        return true;
    }

    /// <summary>Gets into the line for a turn at the node; refused where that line is too long.</summary>
    public readonly QueuedCall Enqueue(ClusterNode node, TimeSpan patience)
    {
        return node.State.TryEnqueue(scope.Share, opener.Clock.Now, (long)patience.TotalMicroseconds, out var isTooLong)
            ?? throw Overloaded(node, isTooLong
                ? "the wait would be too long (Limits.MaxQueueTime, FailoverTimeout)"
                : "no more may wait (Limits.MaxQueued)");
    }

    public readonly ClusterOverloadedException Overloaded(ClusterNode node, string reason)
    {
        opener.Meter?.Refused(ClusterSpans.Word(_request.Intent), "overloaded");
        var refusal = new ClusterOverloadedException(
            opener.Cluster, opener.Topology.Nodes[node.Index], reason, node.State.Limit, node.State.Waiting, node.State.WaitOf(scope.Share));
        Tell(refusal, opener.Classify(refusal), _failures, node);
        return refusal;
    }

    /// <summary>Whether the node, and the data source, is still what this waits for.</summary>
    public readonly bool IsStillWanted(ClusterNode node) =>
        !opener.IsStopped && !node.State.Gate.IsIsolated && Router.StillFits(_request, opener.Topology.Nodes[node.Index]);
}
