using ClusterClient.Health;

namespace ClusterClient.Data;

// Waiting at a node: for a turn when it is at its limit, and for the way to it when many connections are being made. Neither holds a
// connection or a lock; both end with the caller's token, its deadline, and when the node is not what was asked for any more.
internal sealed partial class ConnectionOpener
{
    /// <returns>When the open began that has its turn now, or null: look again.</returns>
    private async ValueTask<long?> WaitForTurnAsync(ClusterNode node, OpenAttempt attempt, CancellationToken cancellationToken)
    {
        var patience = attempt.PatienceInLine;
        var call = attempt.Enqueue(node, patience);
        using var wait = new TurnWait(this, node, attempt, patience);
        // T1 gets into the line, T2 publishes that the node is another and sends the line away: either T2 finds this call there, or this
        // call finds what T2 published.
        if (!attempt.IsStillWanted(node) && node.State.TryLeave(call))
        {
            wait.EndsIn(QueueOutcome.Released);
            return null;
        }

        try
        {
            await call.Task.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (node.State.TryLeave(call))
        {
            throw wait.Ends(TooLate(node, attempt, patience));
        }
        catch (OperationCanceledException e) when (node.State.TryLeave(call))
        {
            wait.Ends(e);
            throw;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Its waiting ended in this moment, and what came of it stands.
            await call.Task.ConfigureAwait(false);
        }

        return After(call, node, attempt, wait);
    }

    private long? WaitForTurn(ClusterNode node, OpenAttempt attempt)
    {
        var patience = attempt.PatienceInLine;
        var call = attempt.Enqueue(node, patience);
        using var wait = new TurnWait(this, node, attempt, patience);
        if (!attempt.IsStillWanted(node) && node.State.TryLeave(call))
        {
            wait.EndsIn(QueueOutcome.Released);
            return null;
        }

        if (!call.Task.Wait(patience, CancellationToken.None))
        {
            if (node.State.TryLeave(call))
            {
                throw wait.Ends(TooLate(node, attempt, patience));
            }

            call.Task.Wait(CancellationToken.None);
        }

        return After(call, node, attempt, wait);
    }

    private long? After(QueuedCall call, ClusterNode node, in OpenAttempt attempt, TurnWait wait)
    {
        wait.EndsIn(call.Task.Result);
        switch (call.Task.Result)
        {
            case QueueOutcome.Admitted:
                var now = Clock.Now;
                node.State.Admitted(call, now);
                return now;
            case QueueOutcome.Evicted:
                throw wait.Ends(attempt.Overloaded(node, "no more may wait (Limits.MaxQueued), and this caller had the most waiting"));
            default:
                return null;
        }
    }

    private static ClusterOverloadedException TooLate(ClusterNode node, in OpenAttempt attempt, TimeSpan patience) =>
        attempt.Overloaded(node, $"it had no turn within {patience.TotalSeconds:0.###} s (Limits.MaxQueueTime, FailoverTimeout)");

    private async ValueTask PassGateAsync(ClusterNode node, OpenAttempt attempt, CancellationToken cancellationToken)
    {
        if (Enter(node) is not { } pass)
        {
            return;
        }

        try
        {
            await LeaveUnlessWanted(pass, node, attempt).Task.WaitAsync(attempt.Deadline.Remaining, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (node.Connects.TryLeave(pass))
        {
            throw LocalWaitException.AtTheGate(node);
        }
        catch when (node.Connects.TryLeave(pass))
        {
            throw;
        }
        catch
        {
            await pass.Task.ConfigureAwait(false);
        }

        if (Pause(pass, node) is { Ticks: > 0 } pause)
        {
            try
            {
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                node.Connects.Exit(Clock.Now);
                throw;
            }
        }
    }

    private void PassGate(ClusterNode node, OpenAttempt attempt)
    {
        if (Enter(node) is not { } pass)
        {
            return;
        }

        if (!LeaveUnlessWanted(pass, node, attempt).Task.Wait(attempt.Deadline.Remaining, CancellationToken.None))
        {
            if (node.Connects.TryLeave(pass))
            {
                throw LocalWaitException.AtTheGate(node);
            }

            pass.Task.Wait(CancellationToken.None);
        }

        if (Pause(pass, node) is { Ticks: > 0 } pause)
        {
            Task.Delay(pause, time, CancellationToken.None).Wait(CancellationToken.None);
        }
    }

    private ConnectPass? Enter(ClusterNode node) => node.Connects.Enter(selector.View(Topology).Slots[node.Index].RisenAt, Clock.Now);

    private static ConnectPass LeaveUnlessWanted(ConnectPass pass, ClusterNode node, in OpenAttempt attempt)
    {
        if (!attempt.IsStillWanted(node) && node.Connects.TryLeave(pass))
        {
            pass.TrySetResult(null);
        }

        return pass;
    }

    private static TimeSpan Pause(ConnectPass pass, ClusterNode node) => pass.Task.Result ?? throw new NodeLeftException(node.Endpoint.Name);
}
