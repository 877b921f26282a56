using ClusterClient.Resilience;
using Polly;

namespace ClusterClient.Data;

/// <summary>A transaction whose first attempt failed, and which is run again as a whole.</summary>
/// <typeparam name="TResult">What the delegate returns.</typeparam>
internal sealed class RepeatedTransaction<TResult>(TransactionCall<TResult> call, Exception first) : RepeatedWork(
    call.Opener,
    first,
    // Without a limit of its own, only the way to the next attempt is bounded.
    call.Settings.Timeout is null ? call.Opener.Clock.Now : call.BeganAt,
    call.Settings.Timeout ?? call.Opener.Limits.FailoverTimeout)
{
    // A pipeline of the application's own may go on after a success; it gets the same again.
    private bool _isDone;
    private TResult? _result;

    /// <inheritdoc/>
    public override bool GoesElsewhere => Opener.Classify(LastFault) is { BlamesNode: true } or { QuestionsNode: true };

    /// <inheritdoc/>
    protected override string? WhyNotNow => null;

    /// <inheritdoc/>
    protected override ClusterNode? LastPlace => call.Node;

    public async Task<TResult> RunAsync(
        Func<ClusterConnection, TransactionAttempt, CancellationToken, Task<TResult>> work, LinkedDeadline? deadline, CancellationToken caller)
    {
        var context = Enter(deadline?.Token ?? caller);
        try
        {
            return await Opener.Retries.Pipeline.ExecuteAsync(
                static (context, c) => c.Self.NextAsync(c.work, c.deadline, context.CancellationToken, c.caller), context, (Self: this, work, deadline, caller)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline is { HasEnded: true } && !caller.IsCancellationRequested)
        {
            throw Last("its time is up");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The same, blocking.</summary>
    public TResult Run(Func<ClusterConnection, TransactionAttempt, TResult> work)
    {
        using var deadline = call.Settings.Timeout is null ? null : new CancellationTokenSource(Max(Remaining), Opener.Time);
        var context = Enter(deadline?.Token ?? CancellationToken.None);
        try
        {
            return Opener.Retries.Pipeline.Execute(static (_, c) => c.Self.Next(c.work), context, (Self: this, work));
        }
        catch (OperationCanceledException) when (deadline is { IsCancellationRequested: true })
        {
            throw Last("its time is up");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<TResult> NextAsync(
        Func<ClusterConnection, TransactionAttempt, CancellationToken, Task<TResult>> work, LinkedDeadline? deadline, CancellationToken token, CancellationToken caller)
    {
        if (_isDone)
        {
            return _result!;
        }

        using var span = BeginAttempt();
        try
        {
            _result = await call.AttemptAsync(work, Attempts, LastFault, Max(Remaining), deadline, token, caller).ConfigureAwait(false);
            _isDone = true;
            return _result;
        }
        catch (Exception e) when (Fails(e))
        {
            throw;
        }
    }

    private TResult Next(Func<ClusterConnection, TransactionAttempt, TResult> work)
    {
        if (_isDone)
        {
            return _result!;
        }

        using var span = BeginAttempt();
        try
        {
            _result = call.Attempt(work, Attempts, LastFault, Max(Remaining));
            _isDone = true;
            return _result;
        }
        catch (Exception e) when (Fails(e))
        {
            throw;
        }
    }

    // For an exception filter; always true, whatever the application's own pipeline makes of it.
    private bool Fails(Exception exception)
    {
        if (call.Settings.Timeout is null)
        {
            // Each way to the next attempt has its own time: the attempt itself may take as long as it likes.
            BeginAnew();
        }

        Ended(exception, call.MayRunAgain);
        return true;
    }
}
