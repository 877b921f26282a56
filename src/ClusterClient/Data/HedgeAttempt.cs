using System.Data.Common;
using System.Diagnostics;
using ClusterClient.Resilience;

namespace ClusterClient.Data;

/// <summary>
/// One of the two attempts at a hedged call: a copy of its command, on the call's own connection or on one that is opened for it.
/// </summary>
/// <typeparam name="TCommand">What is executed.</typeparam>
/// <typeparam name="TResult">The call's result.</typeparam>
internal sealed class HedgeAttempt<TCommand, TResult> : RacingAttempt
    where TCommand : class, IHedgeable<TCommand>
{
    /// <summary>
    /// How long a loser may end by itself before it is cancelled. Most do: the other one was first by a moment, or the freeze is over. To
    /// cancel costs the server a connection, and with some drivers holds a thread of the pool until the server has heard of it.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Execution<TCommand> _execution;
    private readonly Func<Execution<TCommand>, Task<TResult>> _start;
    private readonly IRepeatable? _repeatable;
    private readonly Func<Exception, bool>? _waitsAfter;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _caller;
    private RacingCall<TResult>? _racing;
    private Task<TResult>? _task;
    private volatile bool _isLost;

    // Of a second attempt; it ends with the race, which may be before the attempt does.
    private Activity? _span;

    private HedgeAttempt(
        ClusterConnection connection,
        Execution<TCommand> call,
        Func<Execution<TCommand>, Task<TResult>> start,
        IRepeatable? repeatable,
        Func<Exception, bool>? waitsAfter)
    {
        // Of its own, because it may be cancelled alone; not linked, because to dispose of that waits for what the caller's cancellation runs
        // on another thread, where a driver may block. Without a timer there is nothing in it to dispose of.
        _caller = call.CancellationToken.UnsafeRegister(static own => ((CancellationTokenSource)own!).Cancel(), _cancellation);
        (Connection, _start, _repeatable, _waitsAfter) = (connection, start, repeatable, waitsAfter);
        _execution = call with { Command = call.Command.CopyOn(connection), CancellationToken = _cancellation.Token };
    }

    /// <summary>Starts the first attempt, on the call's own connection.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="call">What is executed.</param>
    /// <param name="start">Binds it to the connection's node and starts it.</param>
    /// <param name="waitsAfter">Whether the other attempt is waited for when this one has failed by this.</param>
    public static HedgeAttempt<TCommand, TResult> First(
        ClusterConnection connection, Execution<TCommand> call, Func<Execution<TCommand>, Task<TResult>> start, Func<Exception, bool> waitsAfter)
    {
        var attempt = new HedgeAttempt<TCommand, TResult>(connection, call, start, call.Command, waitsAfter);
        attempt._task = attempt.Begin();
        return attempt;
    }

    /// <summary>Starts the second, on a connection that is opened for it.</summary>
    /// <param name="connection">Closed.</param>
    /// <param name="call">What is executed.</param>
    /// <param name="start">Binds it to the connection's node and starts it.</param>
    /// <param name="from">Where the first one runs, and where this one goes.</param>
    /// <param name="limit">What is left of the call's time; zero when it has no limit.</param>
    public static HedgeAttempt<TCommand, TResult> Second(
        ClusterConnection connection, Execution<TCommand> call, Func<Execution<TCommand>, Task<TResult>> start, MoveFrom from, TimeSpan limit)
    {
        var attempt = new HedgeAttempt<TCommand, TResult>(connection, call, start, repeatable: null, waitsAfter: null);
        attempt._task = attempt.OpenAndBeginAsync(from, limit);
        return attempt;
    }

    /// <summary>The connection that it was begun on.</summary>
    public ClusterConnection Connection { get; }

    public TCommand Command => _execution.Command;

    public CallTicket Ticket { get; private set; }

    public Task<TResult> Task => _task!;

    /// <summary>Whether what it failed by allows that the call is sent again.</summary>
    public bool Repeats => _racing is { Repeats: true };

    /// <inheritdoc/>
    public override bool Decides => Task.IsCompletedSuccessfully
        || (_waitsAfter is not null && (Task.Exception?.InnerException is not { } exception || !_waitsAfter(exception)));

    /// <inheritdoc/>
    public override async ValueTask<RacingAttempt> EndAsync(CancellationToken raceIsOver)
    {
        await ((Task)Task).WaitAsync(raceIsOver).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return this;
    }

    /// <summary>How it ends is no news any more. False when it has failed by itself, or does in this moment.</summary>
    public bool TryLose()
    {
        _isLost = true;
        return _racing is null || _racing.TryLose();
    }

    /// <summary>It was answered, and the answer is its caller's.</summary>
    public void Won()
    {
        _caller.Unregister();
        End("won");
    }

    /// <summary>Cancels it if it lasts, and gives its connection back once the driver lets go of it; nobody waits for that.</summary>
    /// <param name="holder">The connection that it goes on with, which nobody else uses.</param>
    /// <param name="node">Where it runs.</param>
    public async Task EndLostAsync(ClusterConnection holder, ClusterNode node)
    {
        _racing?.GoesWith(holder);
        End("lost");
        await ((Task)Task).WaitAsync(Patience, holder.Opener.Time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        var cancelling = node.Losers.CancelAsync(Task, _cancellation);
        await ((Task)Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            if (Task.IsCompletedSuccessfully && Task.Result is DbDataReader reader)
            {
                await reader.DisposeAsync().ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // A reader that breaks has ended, which is all that is wanted of it.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        await cancelling.ConfigureAwait(false);
        await holder.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _caller.Unregister();
    }

    private async Task<TResult> OpenAndBeginAsync(MoveFrom from, TimeSpan limit)
    {
        _span = ClusterSpans.Hedge(Connection.Opener, from.Only!, from.Node!.Endpoint.Name, limit);
        var deadline = limit > TimeSpan.Zero ? new Deadline(Connection.Opener.Time, limit) : default;
        await Connection.OpenForHedgeAsync(from, _cancellation.Token).ConfigureAwait(false);
        // What the open took is gone of it. Zero would be none.
        Connection.CallLimit = limit <= TimeSpan.Zero ? TimeSpan.Zero
            : deadline.Remaining is { Ticks: > 0 } left ? left : TimeSpan.FromTicks(1);
        return _isLost ? throw new OperationCanceledException(_cancellation.Token) : await Begin().ConfigureAwait(false);
    }

    private void End(string outcome)
    {
        _span.EndsIn(outcome);
        _span?.Dispose();
    }

    private Task<TResult> Begin()
    {
        Ticket = Connection.BeginCall(Command);
        Task<TResult> running;
        try
        {
            running = _start(_execution);
        }
#pragma warning disable CA1031 // Nothing is swallowed: it is thrown where the task is awaited.
        catch (Exception e)
#pragma warning restore CA1031
        {
            running = System.Threading.Tasks.Task.FromException<TResult>(e);
        }

        _racing = RacingCall<TResult>.Watch(Connection, running, Ticket, _repeatable, _cancellation.Token);
        return _racing.Task;
    }
}
