using System.Data;
using ClusterClient.Resilience;
using Polly;

namespace ClusterClient.Data;

/// <summary>A command or batch that is sent again, on another connection where its last fault speaks against this one.</summary>
/// <typeparam name="TCommand">What is executed.</typeparam>
/// <typeparam name="TResult">The call's result.</typeparam>
internal sealed class RepeatedCall<TCommand, TResult> : RepeatedWork
    where TCommand : class, IRepeatable
{
    private readonly ClusterConnection _connection;
    private readonly Execution<TCommand> _call;
    private readonly bool _isUnlimited;
    private LinkedDeadline? _deadline;
    private bool _mayBeApplied;

    // A pipeline of the application's own may go on after a success; it gets the same again.
    private bool _isDone;
    private TResult? _result;

    public RepeatedCall(ClusterConnection connection, Execution<TCommand> call, CallTicket ticket, Exception first)
        : this(connection, call, ticket, first, connection.LimitOf(call.Command))
    {
    }

    private RepeatedCall(ClusterConnection connection, Execution<TCommand> call, CallTicket ticket, Exception first, TimeSpan? limit)
        : base(connection.Opener, first, limit is null ? connection.Opener.Clock.Now : ticket.BeganAt, limit ?? connection.Opener.Limits.FailoverTimeout)
    {
        _connection = connection;
        _call = call;
        _mayBeApplied = !Opener.Classify(first).NotApplied;
        // A command without a limit runs for as long as it likes on the next node too; only to get there is bounded.
        _isUnlimited = limit is null;
    }

    /// <inheritdoc/>
    public override bool GoesElsewhere =>
        _connection.NativeOrNull is not { State: ConnectionState.Open } || Opener.Classify(LastFault) is { BlamesNode: true } or { QuestionsNode: true };

    /// <inheritdoc/>
    protected override string? WhyNotNow => _connection.WhyNotAgain;

    /// <inheritdoc/>
    protected override ClusterNode? LastPlace => _connection.Node;

    public async Task<TResult> RunAsync(Func<Execution<TCommand>, Task<TResult>> start)
    {
        using var deadline = _deadline = new(Opener.Time, Max(Remaining), _call.CancellationToken);
        var context = Enter(deadline.Token);
        try
        {
            return await Opener.Retries.Pipeline.ExecuteAsync(
                static (context, c) => c.Self.NextAsync(c.start, context.CancellationToken), context, (Self: this, start)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasEnded)
        {
            _call.CancellationToken.ThrowIfCancellationRequested();
            throw Last("its time is up");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The same, blocking.</summary>
    public TResult Run(Func<Execution<TCommand>, TResult> run)
    {
        using var deadline = new CancellationTokenSource(Max(Remaining), Opener.Time);
        var context = Enter(deadline.Token);
        try
        {
            return Opener.Retries.Pipeline.Execute(static (_, c) => c.Self.Next(c.run), context, (Self: this, run));
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
        if (_isDone)
        {
            return _result!;
        }

        using var span = BeginAttempt();
        CallTicket ticket = default;
        var isSent = false;
        // The way to a node, and what is sent to it, keep their time by themselves and tell more of its end.
        _deadline!.CancelAfter(Timeout.InfiniteTimeSpan);
        try
        {
            if (GoesElsewhere)
            {
                await _connection.MoveAsync(new(_connection.Node!, LastFault, Max(Remaining)), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                _connection.Again();
            }

            if (!_isUnlimited && _connection.Node is { CanEnd: false })
            {
                _deadline!.CancelAfter(Max(Remaining));
            }

            span?.At(Opener, _connection.Node!);
            ticket = _connection.BeginCall(_call.Command);
            isSent = true;
            _connection.CallLimit = AttemptLimit;
            var result = await SingleCall<TResult>.WatchAsync(
                _connection, start(_call with { CancellationToken = cancellationToken }), cancellationToken).ConfigureAwait(false);
            ticket.Answered();
            (_isDone, _result) = (true, result);
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
        if (_isDone)
        {
            return _result!;
        }

        using var span = BeginAttempt();
        CallTicket ticket = default;
        var isSent = false;
        try
        {
            if (GoesElsewhere)
            {
                _connection.Move(new(_connection.Node!, LastFault, Max(Remaining)));
            }
            else
            {
                _connection.Again();
            }

            span?.At(Opener, _connection.Node!);
            ticket = _connection.BeginCall(_call.Command);
            isSent = true;
            _connection.CallLimit = AttemptLimit;
            var result = run(_call);
            ticket.Answered();
            (_isDone, _result) = (true, result);
            return _connection.WhyUnconfirmed() is { } unknown ? throw unknown : result;
        }
        catch (Exception e) when (e is not CommitOutcomeUnknownException && Fails(e, ticket, isSent, isEnded: false))
        {
            throw;
        }
        finally
        {
            _connection.CallLimit = TimeSpan.Zero;
        }
    }

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
            exception = Opener.Driver.TimedOut(Remaining > TimeSpan.Zero ? Limit - Remaining : Limit, exception);
        }

        var isRepeatable = _connection.Repeats(exception, ticket, _call.Command, Attempts, _mayBeApplied);
        _mayBeApplied |= !Opener.Classify(exception).NotApplied;
        Ended(exception, isRepeatable);
        return true;
    }

    // Zero is none.
    private TimeSpan AttemptLimit => _isUnlimited ? TimeSpan.Zero : Remaining is { Ticks: > 0 } left ? left : TimeSpan.FromTicks(1);
}
