using System.Data.Common;
using ClusterClient.Resilience;
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
internal sealed class TransactionCall<TResult>(ConnectionOrigin origin, TransactionSettings settings)
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
        var token = deadline?.Token ?? caller;
        Exception first;
        try
        {
            return await AttemptAsync(work, number: 1, previous: null, settings.Timeout, token, caller).ConfigureAwait(false);
        }
        catch (Exception e) when (MayRunAgain)
        {
            first = e;
        }

        return await new RepeatedTransaction<TResult>(this, first).RunAsync(work, token, caller).ConfigureAwait(false);
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
    /// <param name="token">The caller's, and the deadline's.</param>
    /// <param name="caller">The caller's.</param>
    public async Task<TResult> AttemptAsync(
        Func<ClusterConnection, TransactionAttempt, CancellationToken, Task<TResult>> work,
        int number,
        Exception? previous,
        TimeSpan? left,
        CancellationToken token,
        CancellationToken caller)
    {
        var began = Opener.Clock.Now;
        var connection = origin.CreateConnection();
        await using (connection.ConfigureAwait(false))
        {
            ClusterTransaction? transaction = null;
            try
            {
                await connection.OpenFromAsync(From(previous, left), token).ConfigureAwait(false);
                Node = connection.Node;
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
                ThrowIfEnded(transaction);
                // Not by the deadline's token: a commit that is cut short is in doubt, and it ends by itself when its server does not answer.
                await new CommitCall(transaction, Left(left, began)).RunAsync(caller).ConfigureAwait(false);
                await UndoAsync(transaction).ConfigureAwait(false);
                return result;
            }
            catch (OperationCanceledException e) when (token.IsCancellationRequested && !caller.IsCancellationRequested)
            {
                await UndoAsync(transaction).ConfigureAwait(false);
                MayRunAgain = false;
                throw TimedOut(e, number);
            }
            catch (Exception e)
            {
                MayRunAgain = Judge(e, transaction, number) && !token.IsCancellationRequested;
                await UndoAsync(transaction).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <inheritdoc cref="AttemptAsync"/>
    public TResult Attempt(Func<ClusterConnection, TransactionAttempt, TResult> work, int number, Exception? previous, TimeSpan? left)
    {
        var began = Opener.Clock.Now;
        using var connection = origin.CreateConnection();
        ClusterTransaction? transaction = null;
        try
        {
            connection.OpenFrom(From(previous, left));
            Node = connection.Node;
            if (settings.Timeout is not null)
            {
                // No token ends the delegate, so that each of its calls gets what is left now.
                connection.CallLimit = Left(left, began) ?? TimeSpan.Zero;
            }

            transaction = connection.BeginTransaction(settings.IsolationLevel);
            transaction.Label = settings.Label;
            if (ReadOnly(connection) is { } readOnly)
            {
                using var command = connection.CreateCommand();
                command.CommandText = readOnly;
                command.ExecuteNonQuery();
            }

            var result = work(connection, new(number, transaction, previous));
            ThrowIfEnded(transaction);
            new CommitCall(transaction, Left(left, began)).Run();
            ClusterConnection.Undo(transaction);
            return result;
        }
        catch (Exception e)
        {
            MayRunAgain = Judge(e, transaction, number);
            if (transaction is not null)
            {
                ClusterConnection.Undo(transaction);
            }

            throw;
        }
    }

    /// <summary>What to throw when the deadline ended an attempt.</summary>
    public Exception TimedOut(OperationCanceledException cause, int number)
    {
        var timedOut = Opener.Driver.TimedOut(settings.Timeout!.Value, cause);
        Tell(timedOut, new(FaultKind.Timeout, NotApplied: true), number, "its time is up");
        return timedOut;
    }

    private static void ThrowIfAmbient()
    {
        if (AmbientTransaction.Current is not null)
        {
            throw new InvalidOperationException(
                "ExecuteInTransaction begins, commits and repeats a transaction of its own, which cannot be part of an ambient one; call it outside of the TransactionScope.");
        }
    }

    private static void ThrowIfEnded(ClusterTransaction transaction)
    {
        if (transaction.HasEnded)
        {
            throw new InvalidOperationException(
                "The delegate ended the transaction itself. Have it return, and the transaction is committed; or throw, and it is rolled back.");
        }
    }

    private static ValueTask UndoAsync(ClusterTransaction? transaction) => transaction is null ? default : ClusterConnection.UndoAsync(transaction);

    private MoveFrom? From(Exception? previous, TimeSpan? left) =>
        left is { } limit ? new(origin.Intent == RouteIntent.Read ? Node : null, previous, limit) : null;

    private TimeSpan? Left(TimeSpan? left, long began) =>
        left is { } limit && settings.Timeout is not null ? Max(limit - TimeSpan.FromMicroseconds(Opener.Clock.Now - began)) : null;

    // A replica's transactions write nothing as it is.
    private string? ReadOnly(ClusterConnection connection) =>
        origin.Intent == RouteIntent.Read && Opener.Topology.Primary?.Index == connection.Node!.Index ? Opener.Driver.ReadOnly : null;

    private bool Judge(Exception exception, ClusterTransaction? transaction, int number)
    {
        var known = CallFault.Of(exception);
        if (known is not null && known.Cluster != Opener.Cluster)
        {
            return false;
        }

        var fault = Opener.Classify(exception);
        var isUndone = transaction is null or { HasEnded: false } || known is { Fault.NotApplied: true } || origin.Intent == RouteIntent.Read;
        var mayRunAgain = isUndone && fault.IsTransient && fault.Kind != FaultKind.Unavailable && !Opener.Retries.IsOff;
        if (exception is DbException && fault.Kind != FaultKind.Unavailable)
        {
            Tell(exception, fault with { NotApplied = isUndone }, number, mayRunAgain || !fault.IsTransient ? null
                : Opener.Retries.IsOff ? "retries are off"
                : "it may have been applied");
        }

        return mayRunAgain;
    }

    private void Tell(Exception exception, Fault fault, int number, string? notRetried) => new CallFault
    {
        Cluster = Opener.Cluster, Node = Node?.Endpoint.Name, Intent = origin.Intent, Attempts = number, Fault = fault, NotRetried = notRetried,
    }.AttachTo(exception);

    private static TimeSpan Max(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
