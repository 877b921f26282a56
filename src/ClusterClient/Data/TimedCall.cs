using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// One execution whose timeout this library keeps. When it runs out, the monitor is asked whether the server lives. If it does, the
/// driver cancels the statement and its connection stays open; if not, the socket is ended, because a driver that tells a hung
/// server of its timeout first waits on it for long, deaf to everything.
/// </summary>
internal sealed class TimedCall
{
    /// <summary>How long the server has to answer the monitor, beside <see cref="RoundTrips"/>.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a server that lives has to end the statement.</summary>
    private static readonly TimeSpan GraceOfTheLiving = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>A look, behind another that is under way.</summary>
    private const int RoundTrips = 4;

    private const int Running = 0;
    private const int Asking = 1;
    private const int TakenOver = 2;
    private const int Ended = 3;

    private readonly ConnectionOpener _opener;
    private readonly ClusterNode _node;
    private readonly DbConnection _native;
    private readonly Action _cancel;
    private readonly ITimer _timer;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _acting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    private TimedCall(ClusterConnection connection, TimeSpan limit, Action cancel)
    {
        (_opener, _node, _native, _cancel) = (connection.Opener, connection.Node!, connection.NativeOrNull!, cancel);
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _timer = _opener.Time.CreateTimer(static call => ((TimedCall)call!).OnTime(), this, limit, Timeout.InfiniteTimeSpan);
    }

    /// <param name="connection">Open; its native connection runs the call.</param>
    /// <param name="limit">The caller's timeout.</param>
    /// <param name="cancel">Has the driver cancel it. Blocks, and does nothing once the call has ended.</param>
    /// <param name="run">The call.</param>
    public static TResult Run<TResult>(ClusterConnection connection, TimeSpan limit, Action cancel, Func<TResult> run)
    {
        var call = new TimedCall(connection, limit, cancel);
        try
        {
            return run();
        }
        catch (Exception e) when (call.EndedByThis)
        {
            throw connection.Opener.Driver.TimedOut(limit, e);
        }
        finally
        {
            // A cancellation that is under way must not reach the next statement on this connection.
            call.End().Wait(CancellationToken.None);
        }
    }

    /// <inheritdoc cref="Run{TResult}"/>
    public static async Task<TResult> RunAsync<TResult>(
        ClusterConnection connection, TimeSpan limit, Action cancel, Func<Task<TResult>> run, CancellationToken caller)
    {
        var call = new TimedCall(connection, limit, cancel);
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception e) when (call.EndedByThis && !(e is OperationCanceledException && caller.IsCancellationRequested))
        {
            throw connection.Opener.Driver.TimedOut(limit, e);
        }
        finally
        {
            await call.End().ConfigureAwait(false);
        }
    }

    private bool EndedByThis => Volatile.Read(ref _state) == TakenOver;

    // What is returned never fails, and completes once nothing acts on the connection any more.
    private Task End()
    {
        _timer.Dispose();
        if (Interlocked.CompareExchange(ref _state, Ended, Running) == Running
            || Interlocked.CompareExchange(ref _state, Ended, Asking) == Asking)
        {
            return Task.CompletedTask;
        }

        _over.TrySetResult();
        return _acting.Task;
    }

    private void OnTime()
    {
        if (Interlocked.CompareExchange(ref _state, Asking, Running) == Running)
        {
            _ = AskAsync();
        }
    }

    private async Task AskAsync()
    {
        var ranOutAt = _opener.Time.GetTimestamp();
        var grace = Grace + (RoundTrips * _opener.Topology.Nodes[_node.Index].RoundTrip);
        _opener.LookAt(_node);
        while (!Lives() && _opener.Time.GetElapsedTime(ranOutAt) < grace && Volatile.Read(ref _state) == Asking)
        {
            await Task.Delay(Step, _opener.Time, CancellationToken.None).ConfigureAwait(false);
        }

        if (Interlocked.CompareExchange(ref _state, TakenOver, Asking) == Asking)
        {
            await EndCallAsync(Lives()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _acting.SetResult();
        }

        bool Lives() => _opener.Topology.Nodes[_node.Index].SeenAt > ranOutAt;
    }

    private async Task EndCallAsync(bool serverLives)
    {
        if (!serverLives)
        {
            _node.End(_native);
            return;
        }

        // On a thread of its own: the driver connects for it, and blocks.
        var telling = Task.Factory.StartNew(_cancel, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await _over.Task.WaitAsync(GraceOfTheLiving, _opener.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The server lives, and nothing comes back on this connection all the same: the link died.
            _node.End(_native);
        }

        await telling.ConfigureAwait(false);
    }
}
