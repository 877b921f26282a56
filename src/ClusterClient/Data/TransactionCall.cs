using System.Runtime.ExceptionServices;
using ClusterClient.Routing;
using AmbientTransaction = System.Transactions.Transaction;

namespace ClusterClient.Data;

/// <summary>
/// Runs a delegate in a transaction of its own and commits it; where that fails in a way that proves that nothing stayed, and that another attempt
/// may get past, the whole of it is run again on a fresh connection.
/// </summary>
/// <remarks>
/// A transaction that fails before its commit was sent has left nothing, whatever it failed by: with its connection it is rolled back. So the one doubt
/// is a commit whose answer was lost, which <see cref="CommitCall"/> settles: committed is success, not committed is one more fault, and
/// unknown is the end.
/// </remarks>
/// <typeparam name="TResult">What the delegate returns.</typeparam>
/// <param name="origin">Where connections come from.</param>
/// <param name="settings">The caller's.</param>
internal sealed partial class TransactionCall<TResult>(ConnectionOrigin origin, TransactionSettings settings)
{
    private readonly long _began = origin.Opener.Clock.Now;

    public ConnectionOpener Opener => origin.Opener;

    public TransactionSettings Settings => settings;

    public long BeganAt => _began;

    /// <summary>The node of the last attempt; null when none was had.</summary>
    public ClusterNode? Node { get; private set; }

    /// <summary>Whether the last attempt ended in a way that it may be made again after.</summary>
    public bool MayRunAgain { get; private set; }

    public async Task<TResult> RunAsync(Func<ClusterConnection, TransactionAttempt, CancellationToken, Task<TResult>> work, CancellationToken caller)
    {
        ThrowIfAmbient();
        using var deadline = settings.Timeout is { } limit ? new LinkedDeadline(Opener.Time, limit, caller) : null;
        try
        {
            Exception first;
            try
            {
                return await AttemptAsync(work, number: 1, previous: null, settings.Timeout, deadline, deadline?.Token ?? caller, caller).ConfigureAwait(false);
            }
            catch (Exception e) when (MayRunAgain)
            {
                first = e;
            }

            return await new RepeatedTransaction<TResult>(this, first).RunAsync(work, deadline, caller).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (caller.IsCancellationRequested && e.CancellationToken == deadline?.Token)
        {
            // A caller who asks whose cancellation this is knows no other token than its own.
            throw new OperationCanceledException(e.Message, e, caller);
        }
    }

    /// <summary>The same, blocking.</summary>
    public TResult Run(Func<ClusterConnection, TransactionAttempt, TResult> work)
    {
        ThrowIfAmbient();
        Exception first;
        try
        {
            return Attempt(work, number: 1, previous: null, settings.Timeout);
        }
        catch (Exception e) when (MayRunAgain)
        {
            first = e;
        }

        return new RepeatedTransaction<TResult>(this, first).Run(work);
    }

    /// <param name="work">The application's.</param>
    /// <param name="number">From 1 on.</param>
    /// <param name="previous">What the attempt before ended in.</param>
    /// <param name="left">What is left of the time to get to a node, and to find out what became of a commit; null for the usual.</param>
    /// <param name="deadline">Null without a limit.</param>
    /// <param name="token">The caller's, the deadline's, and that of a pipeline of the application's own.</param>
    /// <param name="caller">The caller's.</param>
    public async Task<TResult> AttemptAsync(
        Func<ClusterConnection, TransactionAttempt, CancellationToken, Task<TResult>> work,
        int number,
        Exception? previous,
        TimeSpan? left,
        LinkedDeadline? deadline,
        CancellationToken token,
        CancellationToken caller)
    {
        MayRunAgain = false;
        var began = Opener.Clock.Now;
        var connection = origin.CreateConnection();
        await using (connection.ConfigureAwait(false))
        {
            ClusterTransaction? transaction = null;
            var isCommitting = false;
            try
            {
                // The way to a node keeps its time by itself, and tells more of its end.
                deadline?.CancelAfter(Timeout.InfiniteTimeSpan);
                await connection.OpenFromAsync(From(previous, left), token).ConfigureAwait(false);
                Node = connection.Node;
                deadline?.CancelAfter(TimeLeft);
                transaction = await connection.BeginTransactionAsync(settings.IsolationLevel, token).ConfigureAwait(false);
                transaction.Label = settings.Label;
                if (ReadOnly(connection) is { } readOnly)
                {
                    var command = connection.CreateCommand();
                    await using (command.ConfigureAwait(false))
                    {
                        command.CommandText = readOnly;
                        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
                    }
                }

                var result = await work(connection, new(number, transaction, previous), token).ConfigureAwait(false);
                ThrowIfOver(connection, transaction);
                token.ThrowIfCancellationRequested();
                isCommitting = true;
                // A commit that is cut short is in doubt, and it ends by itself when its server does not answer.
                deadline?.CancelAfter(Timeout.InfiniteTimeSpan);
                await CommitAsync(transaction, Left(left, began), caller).ConfigureAwait(false);
                await ClusterConnection.UndoAsync(transaction).ConfigureAwait(false);
                return result;
            }
            catch (OperationCanceledException e) when (token.IsCancellationRequested && !caller.IsCancellationRequested && !isCommitting)
            {
                var timedOut = TimedOut(e, transaction, number, deadline is { HasEnded: true } ? null : TimeSpan.FromMicroseconds(Opener.Clock.Now - began));
                await UndoAsync(connection, transaction).ConfigureAwait(false);
                throw timedOut;
            }
            catch (Exception e)
            {
                MayRunAgain = Judge(e, connection, transaction, number, isCommitting, isTimeUp: token.IsCancellationRequested);
                await UndoAsync(connection, transaction).ConfigureAwait(false);
                throw;
            }
            finally
            {
                deadline?.CancelAfter(TimeLeft);
            }
        }
    }

    /// <inheritdoc cref="AttemptAsync"/>
    public TResult Attempt(Func<ClusterConnection, TransactionAttempt, TResult> work, int number, Exception? previous, TimeSpan? left)
    {
        MayRunAgain = false;
        var began = Opener.Clock.Now;
        using var connection = origin.CreateConnection();
        ClusterTransaction? transaction = null;
        var isCommitting = false;
        try
        {
            connection.OpenFrom(From(previous, left));
            Node = connection.Node;
            transaction = connection.BeginTransaction(settings.IsolationLevel);
            transaction.Label = settings.Label;
            if (settings.Timeout is { } limit)
            {
                // No token ends the delegate, so that each of its calls gets what is left when it begins.
                transaction.EndsAt = _began + (long)limit.TotalMicroseconds;
            }

            if (ReadOnly(connection) is { } readOnly)
            {
                using var command = connection.CreateCommand();
                command.CommandText = readOnly;
                command.ExecuteNonQuery();
            }

            var result = work(connection, new(number, transaction, previous));
            ThrowIfOver(connection, transaction);
            if (IsTimeUp)
            {
                throw new OperationCanceledException("The delegate returned when its time was up.");
            }

            isCommitting = true;
            Commit(transaction, Left(left, began));
            ClusterConnection.Undo(transaction);
            return result;
        }
        catch (Exception e) when (IsTimeUp && !isCommitting && EndedByItsTime(e))
        {
            var timedOut = TimedOut(e, transaction, number, ofPipeline: null);
            Undo(transaction);
            throw timedOut;
        }
        catch (Exception e)
        {
            MayRunAgain = Judge(e, connection, transaction, number, isCommitting, IsTimeUp);
            Undo(transaction);
            throw;
        }
    }

    private static void ThrowIfAmbient()
    {
        if (AmbientTransaction.Current is not null)
        {
            throw new InvalidOperationException(
                "ExecuteInTransaction begins, commits and repeats a transaction of its own, which cannot be part of an ambient one; call it outside of the TransactionScope.");
        }
    }

    private static void ThrowIfOver(ClusterConnection connection, ClusterTransaction transaction)
    {
        if (transaction.HasEnded)
        {
            throw new InvalidOperationException(
                "The delegate ended the transaction itself. Have it return, and the transaction is committed; or throw, and it is rolled back.");
        }

        if (!ReferenceEquals(connection.CurrentTransaction, transaction))
        {
            ThrowFailure(transaction);
            throw new InvalidOperationException(
                "The delegate closed the connection, by which its transaction was rolled back. Leave it open: it is closed when the transaction is over.");
        }
    }

    // What the delegate caught and went on after: that is why the transaction cannot be committed, and not what its end then meets.
    private static void ThrowFailure(ClusterTransaction transaction)
    {
        if (transaction.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private async Task CommitAsync(ClusterTransaction transaction, TimeSpan? limit, CancellationToken caller)
    {
        try
        {
            await new CommitCall(transaction, limit).RunAsync(caller).ConfigureAwait(false);
        }
        catch (Exception e) when (transaction is { HasEnded: false, HasFailed: true } && e is not OperationCanceledException && !Opener.Classify(e).IsTransient)
        {
            ThrowFailure(transaction);
            throw;
        }
    }

    private void Commit(ClusterTransaction transaction, TimeSpan? limit)
    {
        try
        {
            new CommitCall(transaction, limit).Run();
        }
        catch (Exception e) when (transaction is { HasEnded: false, HasFailed: true } && !Opener.Classify(e).IsTransient)
        {
            ThrowFailure(transaction);
            throw;
        }
    }

    // With no more patience for a server that does not answer than a call has that its caller cancelled.
    private static async ValueTask UndoAsync(ClusterConnection connection, ClusterTransaction? transaction)
    {
        if (transaction is not null)
        {
            await connection.NotingAsync(transaction, static t => t.DisposeAsync().AsTask(), new CancellationToken(canceled: true))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void Undo(ClusterTransaction? transaction)
    {
        if (transaction is not null)
        {
            ClusterConnection.Undo(transaction);
        }
    }

    private MoveFrom? From(Exception? previous, TimeSpan? left) =>
        left is { } limit ? new(origin.Intent == RouteIntent.Read ? Node : null, previous, limit) : null;

    private TimeSpan? Left(TimeSpan? left, long began) =>
        left is { } limit && settings.Timeout is not null ? Max(limit - TimeSpan.FromMicroseconds(Opener.Clock.Now - began)) : null;

    // A replica's transactions write nothing as it is.
    private string? ReadOnly(ClusterConnection connection) =>
        origin.Intent == RouteIntent.Read && Opener.Topology.Primary?.Index == connection.Node!.Index ? Opener.Driver.ReadOnly : null;

    private TimeSpan TimeLeft => Max(settings.Timeout!.Value - TimeSpan.FromMicroseconds(Opener.Clock.Now - _began));

    private bool IsTimeUp => settings.Timeout is not null && TimeLeft == TimeSpan.Zero;

    private static TimeSpan Max(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
