using System.Data.Common;
using System.Globalization;
using System.Transactions;
using ClusterClient.Consistency;
using ClusterClient.Diagnostics;
using ClusterClient.Drivers;
using ClusterClient.Resilience;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>
/// Finds out what became of a commit whose answer was lost: asks the primary, wherever that is by now, until one knows or time is up.
/// </summary>
/// <remarks>
/// <para>
/// Each round opens a connection as a write would, and so waits for a primary of the newest epoch. By id, <see cref="CommitRule"/> says whether its
/// answer is to be believed. A transaction that has not ended there is ended: its session hangs on a connection that is gone, and holds locks that
/// whoever tries again would wait for. By marker, taking the marker's place waits for the original by itself, and keeps it from coming late.
/// </para>
/// <para>
/// Committed is said only when the server has confirmed afterwards that whatever it committed is as safe as what it acknowledges: with synchronous
/// replication, a transaction that nobody acknowledged may be visible on a primary whose replicas do not have it yet.
/// </para>
/// </remarks>
/// <param name="sent">The commit.</param>
/// <param name="limit">How long it may take in all.</param>
internal sealed class CommitResolver(SentCommit sent, TimeSpan limit)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    private readonly ConnectionOpener _opener = sent.Transaction.Owner.Opener;
    private readonly Deadline _deadline = new(sent.Transaction.Owner.Opener.Time, limit);
    private CommitVerdict _last = new(CommitOutcome.Unknown, "no primary was found that could be asked in time", IsFinal: false);
    private TimeSpan _pause = FirstPause;

    private CommitDialect Dialect => sent.Transaction.Dialect;

    /// <summary>Asynchronously; a caller who cancels is told that the outcome is unknown.</summary>
    public async Task<CommitVerdict> RunAsync(CancellationToken cancellationToken)
    {
        using var ends = new CancellationTokenSource(_deadline.Remaining, _opener.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ends.Token, cancellationToken);
        // What is opened here has nothing to do with a transaction of the caller's surroundings.
        using var alone = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        while (true)
        {
            try
            {
                _last = await AskAsync(both.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (GoesOnAfter(e))
            {
            }

            if (cancellationToken.IsCancellationRequested && _last.Outcome == CommitOutcome.Unknown)
            {
                return _last with { Reason = "the caller cancelled before it was found out" };
            }

            if (_last.IsFinal || _deadline.HasPassed)
            {
                return _last;
            }

            await Task.Delay(NextPause(), _opener.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The same, blocking.</summary>
    public CommitVerdict Run()
    {
        using var alone = new TransactionScope(TransactionScopeOption.Suppress);
        while (true)
        {
            try
            {
                _last = Ask();
            }
            catch (Exception e) when (GoesOnAfter(e))
            {
            }

            if (_last.IsFinal || _deadline.HasPassed)
            {
                return _last;
            }

            Task.Delay(NextPause(), _opener.Time, CancellationToken.None).Wait(CancellationToken.None);
        }
    }

    private async Task<CommitVerdict> AskAsync(CancellationToken cancellationToken)
    {
        var connection = sent.Transaction.Owner.Another();
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenFromAsync(new MoveFrom(Node: null, Cause: null, _deadline.Remaining), cancellationToken).ConfigureAwait(false);
            var question = Question(connection);
            CommitVerdict verdict;
            await using (question.ConfigureAwait(false))
            {
                var row = await question.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                    verdict = Judge(row);
                }
            }

            if (Next(connection, verdict) is { } next)
            {
                await using (next.ConfigureAwait(false))
                {
                    await next.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            return verdict;
        }
    }

    private CommitVerdict Ask()
    {
        using var connection = sent.Transaction.Owner.Another();
        connection.OpenFrom(new MoveFrom(Node: null, Cause: null, _deadline.Remaining));
        CommitVerdict verdict;
        using (var question = Question(connection))
        using (var row = question.ExecuteReader())
        {
            row.Read();
            verdict = Judge(row);
        }

        if (Next(connection, verdict) is { } next)
        {
            using (next)
            {
                next.ExecuteNonQuery();
            }
        }

        return verdict;
    }

    private ClusterCommand Question(ClusterConnection connection)
    {
        var question = NewCommand(connection);
        if (sent.Marker is { } marker)
        {
            Dialect.TakeMarker(question, marker);
        }
        else
        {
            Dialect.Ask(question, sent.Mark!);
        }

        return question;
    }

    private CommitVerdict Judge(DbDataReader row) =>
        sent.Marker is null ? CommitRule.Judge(sent.Mark!, Dialect.ReadAnswer(row), _opener.Topology.Memory.CertainForks)
        : row.GetBoolean(0) ? new(CommitOutcome.Committed, "its marker is there")
        : new(CommitOutcome.NotCommitted, "its marker is not there, and cannot come any more");

    // What has to be done with an answer: ask for its safety, or end what is in the way of a better one and of whoever tries again.
    private ClusterCommand? Next(ClusterConnection connection, CommitVerdict verdict)
    {
        var isWhereItRan = connection.Node == sent.Node && sent.Session is not null;
        if (verdict.Outcome == CommitOutcome.Committed)
        {
            _last = new(CommitOutcome.Unknown, $"it is committed at {connection.Node!.Endpoint.Name}, and its replicas did not confirm that they have it", IsFinal: false);
            var confirm = NewCommand(connection);
            confirm.CommandText = Dialect.Confirm;
            return confirm;
        }

        _last = verdict;
        if (!isWhereItRan || (verdict.Outcome == CommitOutcome.NotCommitted && sent.Marker is null))
        {
            return null;
        }

        var end = NewCommand(connection);
        Dialect.EndSession(end, sent.Session!.Value, _opener.Time.GetElapsedTime(sent.SentTimestamp));
        return end;
    }

    private ClusterCommand NewCommand(ClusterConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandTimeout = Math.Max(1, (int)Math.Ceiling(_deadline.Remaining.TotalSeconds));
        return command;
    }

    private bool GoesOnAfter(Exception exception)
    {
        var fault = _opener.Classify(exception);
        if (_last.IsFinal || exception is CommitOutcomeUnknownException)
        {
            // What it was, is known; only what was to be done with it failed. Or the wait for the replicas was ended once more.
        }
        else if (exception is ObjectDisposedException)
        {
            _last = _last with { Reason = "the data source was disposed before it was found out", IsFinal = true };
        }
        else if (exception is not OperationCanceledException && !fault.IsTransient
            && fault.Kind is not (FaultKind.ServerCancelled or FaultKind.PoolExhausted or FaultKind.CommitUnknown))
        {
            _last = _last with { Reason = $"asking failed: {exception.Message}", IsFinal = true };
        }

        Log.CommitQuestionFailed(_opener.Logger, _opener.Cluster, exception);
        return true;
    }

    private TimeSpan NextPause()
    {
        var pause = _pause < _deadline.Remaining ? _pause : _deadline.Remaining;
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return pause;
    }
}
