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
    private Exception _last;
    private int _attempts = 1;
    private bool _isFirst = true;
    private bool _mayGoOn = true;
    private bool _isPaid;

    public RepeatedCall(ClusterConnection connection, Execution<TCommand> call, CallTicket ticket, Exception first)
    {
        _connection = connection;
        _opener = connection.Opener;
        _call = call;
        _last = first;
        (_began, _limit) = call.Command.Timeout is > 0 and var seconds
            ? (ticket.BeganAt, TimeSpan.FromSeconds(seconds))
            : (_opener.Clock.Now, _opener.Limits.FailoverTimeout);
    }

    /// <inheritdoc/>
    public override bool GoesElsewhere =>
        _connection.NativeOrNull is not { State: ConnectionState.Open } || _opener.Classify(_last) is { BlamesNode: true } or { QuestionsNode: true };

    private TimeSpan Remaining => _limit - TimeSpan.FromMicroseconds(_opener.Clock.Now - _began);

    /// <inheritdoc/>
    public override bool MayGoOn() => _mayGoOn && Pays();

    public async Task<TResult> RunAsync(Func<Execution<TCommand>, Task<TResult>> start)
    {
        using var deadline = new CancellationTokenSource(Max(Remaining), _opener.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_call.CancellationToken, deadline.Token);
        var context = Enter(either.Token);
        try
        {
            return await _opener.Retries.Pipeline.ExecuteAsync(
                static (context, c) => c.Self.NextAsync(c.start, context.CancellationToken), context, (Self: this, start)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
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
        var context = Enter(CancellationToken.None);
        var timeout = _call.Command.Timeout;
        try
        {
            return _opener.Retries.Pipeline.Execute(static (_, c) => c.Self.Next(c.run), context, (Self: this, run));
        }
        finally
        {
            _call.Command.Timeout = timeout;
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<TResult> NextAsync(Func<Execution<TCommand>, Task<TResult>> start, CancellationToken cancellationToken)
    {
        BeginAttempt();
        CallTicket ticket = default;
        try
        {
            if (GoesElsewhere)
            {
                await _connection.MoveAsync(new(_connection.Node!, _last, Max(Remaining)), cancellationToken).ConfigureAwait(false);
            }

            ticket = _connection.BeginCall();
            var running = start(_call with { CancellationToken = cancellationToken });
            var result = await SingleCall<TResult>.WatchAsync(_connection, running, cancellationToken).ConfigureAwait(false);
            ticket.Answered();
            return result;
        }
        catch (Exception e) when (Fails(e, ticket))
        {
            throw;
        }
    }

    private TResult Next(Func<Execution<TCommand>, TResult> run)
    {
        BeginAttempt();
        CallTicket ticket = default;
        try
        {
            if (GoesElsewhere)
            {
                _connection.Move(new(_connection.Node!, _last, Max(Remaining)));
            }

            ticket = _connection.BeginCall();
            _call.Command.Timeout = (int)Math.Ceiling(Max(Remaining).TotalSeconds);
            var result = run(_call);
            ticket.Answered();
            return result;
        }
        catch (Exception e) when (Fails(e, ticket))
        {
            throw;
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
        var obstacle = _isFirst || !_mayGoOn ? null
            : Remaining <= TimeSpan.Zero ? "its time is up"
            : !Pays() ? "the retry budget is spent"
            : null;
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

    private bool Pays() => _isPaid = _isPaid || _opener.Retries.Budget.TryRetry(_opener.Clock.Now);

    // For an exception filter; always true.
    private bool Fails(Exception exception, CallTicket ticket)
    {
        _mayGoOn = _connection.Repeats(exception, ticket, _call.Command, _attempts);
        _last = exception;
        return true;
    }

    private Exception Last(string? notRetried)
    {
        if (notRetried is not null && CallFault.Of(_last) is { } known)
        {
            (known with { NotRetried = notRetried }).AttachTo(_last);
        }

        _isFirst = false;
        // With the stack of the attempt that it comes from.
        ExceptionDispatchInfo.Throw(_last);
        return _last;
    }

    private static TimeSpan Max(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
