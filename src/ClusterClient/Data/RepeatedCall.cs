using System.Data;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;
using Polly;

namespace ClusterClient.Data;

/// <summary>
/// A call whose first attempt failed in a way that it may be sent again after. The pipeline's first execution of it ends in that fault, so
/// that backoff and counting begin with it; each further one is an attempt, on another connection where the fault speaks against this one.
/// </summary>
/// <remarks>
/// Whatever a pipeline of the application's own does, nothing is sent here that must not be, nor beyond the budget or the call's deadline:
/// then the last fault is thrown again.
/// </remarks>
/// <typeparam name="TCommand">What is executed.</typeparam>
/// <typeparam name="TResult">The call's result.</typeparam>
internal sealed class RepeatedCall<TCommand, TResult> : RetriedCall
    where TCommand : class, IRepeatable
{
    private readonly ClusterConnection _connection;
    private readonly ConnectionOpener _opener;
    private readonly Execution<TCommand> _call;
    private readonly long _began;
    private readonly TimeSpan _limit;
    private readonly bool _isUnlimited;
    private CancellationTokenSource? _deadline;
    private Exception _last;
    private int _attempts = 1;
    private bool _isFirst = true;
    private bool _mayGoOn = true;
    private bool _mayBeApplied;
    private bool _isPaid;

    public RepeatedCall(ClusterConnection connection, Execution<TCommand> call, CallTicket ticket, Exception first)
    {
        _connection = connection;
        _opener = connection.Opener;
        _call = call;
        _last = first;
        _mayBeApplied = !_opener.Classify(first).NotApplied;
        var limit = call.Command.Timeout is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        limit = limit < _opener.Limits.CallTimeout || _opener.Limits.CallTimeout is null ? limit : _opener.Limits.CallTimeout;
        (_began, _limit) = limit is { } known ? (ticket.BeganAt, known) : (_opener.Clock.Now, _opener.Limits.FailoverTimeout);
        // A command without a limit runs for as long as it likes on the next node too; only to get there is bounded.
        _isUnlimited = limit is null;
    }

    /// <inheritdoc/>
    public override bool GoesElsewhere =>
        _connection.NativeOrNull is not { State: ConnectionState.Open } || _opener.Classify(_last) is { BlamesNode: true } or { QuestionsNode: true };

    private TimeSpan Remaining => _limit - TimeSpan.FromMicroseconds(_opener.Clock.Now - _began);

    /// <inheritdoc/>
    public override bool MayGoOn(bool hasRetriesLeft)
    {
        if (!_mayGoOn)
        {
            return false;
        }

        var obstacle = hasRetriesLeft ? Obstacle() : $"it was sent again {_attempts - 1} times already";
        Note(obstacle);
        return obstacle is null;
    }

    public async Task<TResult> RunAsync(Func<Execution<TCommand>, Task<TResult>> start)
    {
        // Not one that is linked to the caller's: to dispose of that waits for what the caller's cancellation runs on another thread, where a
        // driver may block until a hung server has heard of it.
        var deadline = _deadline = new(Max(Remaining), _opener.Time);
        var caller = _call.CancellationToken.UnsafeRegister(static deadline => ((CancellationTokenSource)deadline!).Cancel(), deadline);
        var context = Enter(deadline.Token);
        try
        {
            return await _opener.Retries.Pipeline.ExecuteAsync(
                static (context, c) => c.Self.NextAsync(c.start, context.CancellationToken), context, (Self: this, start)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            _call.CancellationToken.ThrowIfCancellationRequested();
            throw Last("its time is up");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
            // Where the caller's cancellation is under way, it still needs it, and stops its timer.
            if (caller.Unregister() || !_call.CancellationToken.CanBeCanceled)
            {
                deadline.Dispose();
            }
        }
    }

    /// <summary>The same, blocking.</summary>
    public TResult Run(Func<Execution<TCommand>, TResult> run)
    {
        using var deadline = new CancellationTokenSource(Max(Remaining), _opener.Time);
        var context = Enter(deadline.Token);
        try
        {
            return _opener.Retries.Pipeline.Execute(static (_, c) => c.Self.Next(c.run), context, (Self: this, run));
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw Last("its time is up");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<TResult> NextAsync(Func<Execution<TCommand>, Task<TResult>> start, CancellationToken cancellationToken)
    {
        BeginAttempt();
        CallTicket ticket = default;
        var isSent = false;
        // The way to a node, and what is sent to it, keep their time by themselves and tell more of its end.
        _deadline!.CancelAfter(Timeout.InfiniteTimeSpan);
        try
        {
            if (GoesElsewhere)
            {
                await _connection.MoveAsync(new(_connection.Node!, _last, Max(Remaining)), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                _connection.Again();
            }

            if (!_isUnlimited && _connection.Node is { CanEnd: false })
            {
                _deadline!.CancelAfter(Max(Remaining));
            }

            ticket = _connection.BeginCall(_call.Command);
            isSent = true;
            _connection.CallLimit = AttemptLimit;
            var result = await SingleCall<TResult>.WatchAsync(
                _connection, start(_call with { CancellationToken = cancellationToken }), cancellationToken).ConfigureAwait(false);
            ticket.Answered();
            return result;
        }
        catch (Exception e) when (Fails(e, ticket, isSent, cancellationToken.IsCancellationRequested))
        {
            throw;
        }
        finally
        {
            _connection.CallLimit = TimeSpan.Zero;
            _deadline!.CancelAfter(Max(Remaining));
        }
    }

    private TResult Next(Func<Execution<TCommand>, TResult> run)
    {
        BeginAttempt();
        CallTicket ticket = default;
        var isSent = false;
        try
        {
            if (GoesElsewhere)
            {
                _connection.Move(new(_connection.Node!, _last, Max(Remaining)));
            }
            else
            {
                _connection.Again();
            }

            ticket = _connection.BeginCall(_call.Command);
            isSent = true;
            _connection.CallLimit = AttemptLimit;
            var result = run(_call);
            ticket.Answered();
            return _connection.WhyUnconfirmed() is { } unknown ? throw unknown : result;
        }
        catch (Exception e) when (Fails(e, ticket, isSent, isEnded: false))
        {
            throw;
        }
        finally
        {
            _connection.CallLimit = TimeSpan.Zero;
        }
    }

    private ResilienceContext Enter(CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RetryPipeline.Call, this);
        return context;
    }

    // Throws the last fault where there must be no further attempt.
    private void BeginAttempt()
    {
        var obstacle = _isFirst || !_mayGoOn ? null : Obstacle();
        if (_isFirst || !_mayGoOn || obstacle is not null)
        {
            throw Last(obstacle);
        }

        _attempts++;
        _isPaid = false;
        var fault = _opener.Classify(_last);
        Log.Retried(_opener.Logger, _opener.Cluster, fault.Kind.ToString(), _connection.Node!.Endpoint.Name, _attempts);
        Activity.Current?.AddEvent(new("clusterclient.retry", tags: new()
        {
            ["clusterclient.attempt"] = _attempts,
            ["clusterclient.fault"] = fault.Kind.ToString(),
            ["clusterclient.node"] = _connection.Node!.Endpoint.Name,
        }));
    }

    private string? Obstacle() =>
        Remaining <= TimeSpan.Zero ? "its time is up"
        : _connection.WhyNotAgain is { } why ? why
        : !Pays() ? "the retry budget is spent"
        : null;

    private bool Pays() => _isPaid = _isPaid || _opener.Retries.Budget.TryRetry(_opener.Clock.Now);

    /// <summary>For an exception filter; always true.</summary>
    /// <param name="exception">What the attempt ended in.</param>
    /// <param name="ticket">The attempt.</param>
    /// <param name="isSent">Whether there is an attempt: without one, no more than the way to it ended.</param>
    /// <param name="isEnded">Whether a token ended it: the caller's, the deadline's or the pipeline's.</param>
    private bool Fails(Exception exception, CallTicket ticket, bool isSent, bool isEnded)
    {
        var isCancelled = exception is OperationCanceledException && !_call.CancellationToken.IsCancellationRequested;
        if (isCancelled && !isSent)
        {
            // What the call ends in is still the fault before it.
            return true;
        }

        // Without a token it was the command's own Cancel, and goes to the caller as it is.
        if (isCancelled && isEnded)
        {
            exception = _opener.Driver.TimedOut(Remaining > TimeSpan.Zero ? _limit - Remaining : _limit, exception);
        }

        _mayGoOn = _connection.Repeats(exception, ticket, _call.Command, _attempts, _mayBeApplied);
        _mayBeApplied |= !_opener.Classify(exception).NotApplied;
        _last = exception;
        if (_mayGoOn && Remaining <= TimeSpan.Zero)
        {
            // A pipeline need not ask: its token is cancelled by then.
            _mayGoOn = false;
            Note("its time is up");
        }

        return true;
    }

    private void Note(string? notRetried)
    {
        if (notRetried is not null && CallFault.Of(_last) is { NotRetried: null } known)
        {
            (known with { NotRetried = notRetried }).AttachTo(_last);
        }
    }

    private Exception Last(string? notRetried)
    {
        Note(notRetried);
        _isFirst = false;
        // With the stack of the attempt that it comes from.
        ExceptionDispatchInfo.Throw(_last);
        return _last;
    }

    // Zero is none.
    private TimeSpan AttemptLimit => _isUnlimited ? TimeSpan.Zero : Remaining is { Ticks: > 0 } left ? left : TimeSpan.FromTicks(1);

    private static TimeSpan Max(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
