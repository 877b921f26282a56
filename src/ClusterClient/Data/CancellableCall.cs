using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// A call of the driver's whose caller may cancel it. On a healthy server the driver ends it within milliseconds and its
/// connection stays open. On a hung one it waits for that very server to hear of the cancellation, until its timeouts, and neither
/// closing the connection nor ending its socket gets past that. Then the call is abandoned: the caller has its answer and its
/// connection is closed, while the driver's goes on waiting behind the scenes and is disposed when it is done. The same becomes of
/// every call on a silent node whose driver gives no way to end a connection.
/// </summary>
/// <typeparam name="TResult">The call's result.</typeparam>
internal abstract class CancellableCall<TResult> : TaskCompletionSource<TResult>
{
    /// <summary>How long driver and server have to end a cancelled call, beside <see cref="RoundTripsToCancel"/>.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    /// <summary>On top of that for a server that answers the monitor meanwhile: it is well, and its connection is worth keeping.</summary>
    private static readonly TimeSpan GraceOfTheLiving = TimeSpan.FromSeconds(2);

    /// <summary>A cancellation connects, perhaps with TLS, and asks; then the call itself must answer.</summary>
    private const int RoundTripsToCancel = 5;

    private const int Running = 0;
    private const int Ended = 1;
    private const int Abandoned = 2;

    private readonly Task<TResult> _call;
    private readonly CallTicket _ticket;
    private CancellationTokenRegistration _registration;
    private int _state;

    protected CancellableCall(ClusterConnection connection, Task<TResult> call, CallTicket ticket, CancellationToken caller) =>
        (Connection, _call, _ticket, Caller) = (connection, call, ticket, caller);

    /// <summary>Which it runs on; another one when its place has gone to that.</summary>
    protected ClusterConnection Connection { get; set; }

    protected CancellationToken Caller { get; }

    /// <summary>Where it runs; null where that is gone.</summary>
    protected virtual (ClusterNode? Node, DbConnection? Native) Place => (Connection.Node, Connection.NativeOrNull);

    /// <summary>Goes on with the call, which was started; the task ends with it, or soon after its caller cancelled.</summary>
    protected Task<TResult> WatchAsync()
    {
        if (Connection.Node is { CanEnd: false })
        {
            Connection.AbandonCall = Abandon;
        }

        _registration = Caller.UnsafeRegister(static state => _ = ((CancellableCall<TResult>)state!).AbandonAfterGraceAsync(), this);
        _call.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(OnCallEnded);
        // After it can be found: whichever comes first, the news that the node is silent or this call, the other one sees it.
        if (Connection.AbandonCall is { } abandon && Connection.Opener.Topology.Nodes[Connection.Node!.Index] is { IsSilent: true } silent)
        {
            abandon(new NodeSilentException(silent));
        }

        return Task;
    }

    /// <summary>What to fail with although the driver reports success; null for nothing.</summary>
    protected virtual Exception? Unconfirmed() => Connection.WhyUnconfirmed();

    /// <summary>It ended in this; whether it goes on all the same, and sets the result by itself.</summary>
    protected abstract bool GoesOnAfter(Exception exception, CallTicket ticket);

    private void OnCallEnded()
    {
        _registration.Unregister();
        if (Interlocked.CompareExchange(ref _state, Ended, Running) == Running)
        {
            Connection.AbandonCall = null;
            if (_call.Exception?.InnerException is { } exception)
            {
                if (GoesOnAfter(exception, _ticket))
                {
                    return;
                }
            }
            else if (_call.IsCanceled)
            {
                Connection.CurrentTransaction?.Failed(new TaskCanceledException(_call));
                _ticket.GivenUp();
            }
            else
            {
                _ticket.Answered();
                if (Unconfirmed() is { } unknown)
                {
                    TrySetException(unknown);
                    return;
                }
            }

            TrySetFromTask(_call);
        }
        else
        {
            // Nobody waits for it any more.
            _ = _call.Exception;
        }
    }

    private async Task AbandonAfterGraceAsync()
    {
        var opener = Connection.Opener;
        if (Place is not ({ } node, { } native))
        {
            return;
        }

        var cancelledAt = opener.Time.GetTimestamp();
        var grace = Grace + (RoundTripsToCancel * opener.Topology.Nodes[node.Index].RoundTrip);
        await DelayAsync(grace / 2).ConfigureAwait(false);
        if (Volatile.Read(ref _state) != Running)
        {
            return;
        }

        opener.LookAt(node);
        await DelayAsync(grace / 2).ConfigureAwait(false);
        if (opener.Topology.Nodes[node.Index].SeenAt > cancelledAt)
        {
            await DelayAsync(GraceOfTheLiving).ConfigureAwait(false);
        }

        if (Interlocked.CompareExchange(ref _state, Abandoned, Running) == Running)
        {
            _ticket.GivenUp();
            try
            {
                Leave(node, native);
            }
            finally
            {
                // Come what may of the cleaning up, in which the application's own handler takes part: the caller is waiting.
                TrySetCanceled(Caller);
            }
        }

        Task DelayAsync(TimeSpan time) => System.Threading.Tasks.Task.Delay(time, opener.Time, CancellationToken.None);
    }

    /// <summary>Gives it up for the reason that the caller gets. False when it has ended.</summary>
    private bool Abandon(Exception reason)
    {
        if (Place is not ({ } node, { } native)
            || Interlocked.CompareExchange(ref _state, Abandoned, Running) != Running)
        {
            return false;
        }

        try
        {
            Connection.Notes(reason, _ticket);
            Leave(node, native);
        }
        finally
        {
            TrySetException(reason);
        }

        return true;
    }

    // In this order: whatever the caller does next finds a connection that is closed.
    private void Leave(ClusterNode node, DbConnection native)
    {
        _registration.Unregister();
        Connection.AbandonCall = null;
        Connection.Abandon(native);
        _ = DisposeWhenDoneAsync(native);
        node.End(native);
    }

    private async Task DisposeWhenDoneAsync(DbConnection native)
    {
        await ((Task)_call).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await native.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
