using System.Data.Common;
using ClusterClient.Topology;

namespace ClusterClient.Data;

// Waiting for a node where there is none, and for the driver while it connects.
internal sealed partial class ConnectionOpener
{
    // A place in the line is kept until there is a node, over however many changes that bring none, and trials that others were
    // quicker to be.
    private async ValueTask<Admission> WaitForNodeAsync(OpenAttempt attempt, CancellationToken cancellationToken)
    {
        using var wait = new NodeWait(this, attempt);
        try
        {
            attempt.ThrowIfTooMany(Interlocked.Increment(ref _waiting));
            while (true)
            {
                ThrowIfDisposed();
                // Before the choice, so that no change is missed.
                var circuitsChange = circuits.Signal.Next;
                if (attempt.Choose() is { } admission)
                {
                    wait.EndsAt(admission.Node);
                    return admission;
                }

                attempt.ThrowIfHopeless();
                var patience = attempt.Patience(out var isLast);
                try
                {
                    await Task.WhenAny(attempt.Topology.Next, circuitsChange).WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
                }
                catch (TimeoutException) when (isLast)
                {
                    throw attempt.Refuse();
                }
                catch (TimeoutException)
                {
                    // The break is over.
                }
            }
        }
        catch (Exception e) when (wait.Fails(e))
        {
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private Admission WaitForNode(OpenAttempt attempt)
    {
        using var wait = new NodeWait(this, attempt);
        try
        {
            attempt.ThrowIfTooMany(Interlocked.Increment(ref _waiting));
            while (true)
            {
                ThrowIfDisposed();
                var circuitsChange = circuits.Signal.Next;
                if (attempt.Choose() is { } admission)
                {
                    wait.EndsAt(admission.Node);
                    return admission;
                }

                attempt.ThrowIfHopeless();
                if (Task.WaitAny([attempt.Topology.Next, circuitsChange], attempt.Patience(out var isLast)) < 0 && isLast)
                {
                    throw attempt.Refuse();
                }
            }
        }
        catch (Exception e) when (wait.Fails(e))
        {
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    // A driver does not hear its token while it connects to a hung server, so the open is raced: against the caller's token, the
    // call's deadline, and the news that the node is not what was asked for any more. One that makes a connection takes a place of the
    // pool from the beginning, so only of one that makes none may the pool be asked now.
    private async ValueTask WaitForOpenAsync(
        Task opening, DbConnection native, ClusterNode node, bool connects, OpenAttempt attempt, CancellationToken cancellationToken)
    {
        var isForThePool = !connects && LocalWaitException.IsDue(node);
        try
        {
            while (!opening.IsCompleted)
            {
                ThrowIfDisposed();
                var topology = Topology;
                attempt.ThrowIfLeft(node, topology);
                await Task.WhenAny(opening, topology.Next)
                    .WaitAsync(attempt.Deadline.Remaining, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // Even when it has just ended: if in a failure, somebody has to have seen it.
            _ = DisposeWhenOpenEndsAsync(opening, native);
            if (isForThePool && e is TimeoutException)
            {
                throw LocalWaitException.ForThePool(node);
            }

            throw;
        }

        await opening.ConfigureAwait(false);
    }

    /// <summary>Gives back a connection that nobody wants any more, once the driver lets go of it.</summary>
    public static async Task DisposeWhenOpenEndsAsync(Task opening, DbConnection native)
    {
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await native.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
