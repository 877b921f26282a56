using System.Data.Common;
using System.Diagnostics;
using ClusterClient.Consistency;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>
/// Commits a transaction: bare on the healthy path, but for what <see cref="CommitResolution"/> asks for. Where the answer is lost, the outcome is
/// found out, and is the call's result.
/// </summary>
/// <param name="transaction">It is over afterwards, unless it could not even be tried.</param>
/// <param name="limit">How long it may take to find the outcome out; null for as long as an open may take.</param>
internal sealed class CommitCall(ClusterTransaction transaction, TimeSpan? limit)
{
    private readonly ClusterConnection _connection = transaction.Owner;
    private readonly ConnectionOpener _opener = transaction.Owner.Opener;

    // Of that one batch the whole commit consists.
    private DbBatch? _withMarker;
    private SentCommit? _sent;
    private NodeDescription? _sentTo;
    private bool _wasAsked;

    public void Run()
    {
        var native = _connection.UsableNative();
        try
        {
            if (QuestionAhead is { } question)
            {
                _connection.Noting((Self: this, native, question), static c => c.Self.AskAhead(c.native, c.question));
            }

            Begin(native);
            if (_withMarker is not null)
            {
                _connection.Noting(_withMarker, static batch =>
                {
                    batch.Prepare();
                    return 0;
                });
            }
        }
        catch (Exception e) when (SaysNotApplied(e))
        {
            throw;
        }

        try
        {
            _connection.Noting(this, static c =>
            {
                if (c._withMarker is null)
                {
                    c.Native.Commit();
                    return 0;
                }

                using (c._withMarker)
                {
                    return c._withMarker.ExecuteNonQuery();
                }
            });
            if (_connection.TakeUnconfirmed())
            {
                Confirm();
            }
        }
        catch (Exception e) when (IsLost(e, CancellationToken.None))
        {
            if (!Settle(new CommitResolver(_sent!, Limit).Run(), e))
            {
                throw;
            }
        }

        Acknowledge();
        _connection.EndTransaction(transaction);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var native = _connection.UsableNative();
        try
        {
            if (QuestionAhead is { } question)
            {
                await _connection.NotingAsync(
                    (Self: this, native, question, cancellationToken),
                    static c => c.Self.AskAheadAsync(c.native, c.question, c.cancellationToken),
                    cancellationToken).ConfigureAwait(false);
            }

            Begin(native);
            if (_withMarker is not null)
            {
                await _connection.NotingAsync(
                    (_withMarker, cancellationToken), static c => c._withMarker.PrepareAsync(c.cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (SaysNotApplied(e))
        {
            throw;
        }

        try
        {
            await _connection.NotingAsync(
                (Self: this, cancellationToken), static c => c.Self.CommitAsync(c.cancellationToken), cancellationToken).ConfigureAwait(false);
            if (_connection.TakeUnconfirmed())
            {
                await ConfirmAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsLost(e, cancellationToken))
        {
            if (!Settle(await new CommitResolver(_sent!, Limit).RunAsync(cancellationToken).ConfigureAwait(false), e))
            {
                throw;
            }
        }

        Acknowledge();
        _connection.EndTransaction(transaction);
    }

    private DbTransaction Native => transaction.Native;

    private TimeSpan Limit => limit ?? _opener.Limits.OpenTimeout;

    // A server lets the commit of a transaction that has failed be a rollback, and says nothing of it.
    private string? QuestionAhead =>
        transaction.HasFailed ? _opener.Driver.Commits?.Ping
        : transaction is { Resolution: CommitResolution.ByTransactionId, Mark: null, MayHaveWritten: true } ? transaction.Dialect.Mark
        : null;

    private void Begin(DbConnection native)
    {
        var marker = transaction is { Resolution: CommitResolution.ByMarker, MayHaveWritten: true } ? Guid.CreateVersion7(_opener.Time.GetUtcNow()) : (Guid?)null;
        _withMarker = marker is { } id ? transaction.Dialect.CommitWithMarker(native, Native, id) : null;
        _sentTo = _opener.Topology.Nodes[_connection.Node!.Index];
        transaction.HasEnded = true;
        _sent = new(
            transaction,
            _connection.Node!,
            transaction.Mark,
            marker,
            transaction.Resolution == CommitResolution.Off ? null : transaction.Dialect.SessionOf(native),
            _opener.Time.GetUtcNow(),
            _opener.Time.GetTimestamp());
    }

    private async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (_withMarker is null)
        {
            await Native.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await using (_withMarker.ConfigureAwait(false))
            {
                await _withMarker.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // It is certain by now. One that has no mark though it was asked for has written nothing.
    private void Acknowledge()
    {
        if (_connection.OpenIntent == RouteIntent.Write
            && (transaction.Mark is not null
                || (transaction.MayHaveWritten && (transaction.HasFailed || transaction.Resolution != CommitResolution.ByTransactionId))))
        {
            _opener.Ledger?.Acknowledged(_sentTo!, transaction.Mark, _sent!.Marker, transaction.Label, _wasAsked);
        }
    }

    private int AskAhead(DbConnection native, string question)
    {
        using var command = native.CreateCommand();
        (command.Transaction, command.CommandText) = (Native, question);
        using var row = command.ExecuteReader();
        if (row.Read() && !transaction.HasFailed)
        {
            transaction.TakeMark(row);
        }

        return 0;
    }

    private async Task AskAheadAsync(DbConnection native, string question, CancellationToken cancellationToken)
    {
        var command = native.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            (command.Transaction, command.CommandText) = (Native, question);
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                if (await row.ReadAsync(cancellationToken).ConfigureAwait(false) && !transaction.HasFailed)
                {
                    transaction.TakeMark(row);
                }
            }
        }
    }

    // The server said that it is committed there, and that somebody ended its wait for the replicas.
    private void Confirm()
    {
        using var command = _connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (transaction.Dialect.Confirm, Seconds(Limit));
        try
        {
            command.ExecuteNonQuery();
        }
        catch (Exception e) when (IsOfDatabase(e))
        {
            throw Unknown("it is committed there, and its replicas did not confirm that they have it", e);
        }
    }

    private async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        var command = _connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            (command.CommandText, command.CommandTimeout) = (transaction.Dialect.Confirm, Seconds(Limit));
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsOfDatabase(e))
            {
                throw Unknown("it is committed there, and its replicas did not confirm that they have it", e);
            }
        }
    }

    private static bool IsOfDatabase(Exception exception) =>
        exception is DbException or OperationCanceledException or TimeoutException or IOException or InvalidOperationException;

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));

    // For an exception filter; always false.
    private bool SaysNotApplied(Exception exception)
    {
        if (CallFault.Of(exception) is { Fault.NotApplied: false } known)
        {
            (known with { Fault = known.Fault with { NotApplied = true } }).AttachTo(exception);
        }

        return false;
    }

    /// <summary>Whether nobody knows yet what became of the commit, and somebody can be asked.</summary>
    private bool IsLost(Exception exception, CancellationToken caller)
    {
        if (exception is CommitOutcomeUnknownException || (exception is OperationCanceledException && caller.IsCancellationRequested)
            || transaction.Resolution == CommitResolution.Off)
        {
            return false;
        }

        var fault = _opener.Classify(exception);
        if (fault.NotApplied || (fault.Kind == FaultKind.Statement && exception is not DbException))
        {
            return false;
        }

        if (!_sent!.CanBeAsked)
        {
            // It has written nothing that would stay.
            SaysNotApplied(exception);
            return false;
        }

        return true;
    }

    /// <summary>False when it was not committed, so that the exception holds, with that said of it.</summary>
    private bool Settle(CommitVerdict verdict, Exception exception)
    {
        var elapsed = _opener.Time.GetElapsedTime(_sent!.SentTimestamp);
        Activity.Current?.AddEvent(new("clusterclient.commit_resolved", tags: new()
        {
            ["clusterclient.outcome"] = verdict.Outcome.ToString(),
            ["clusterclient.node"] = _sent.Node.Endpoint.Name,
        }));
        switch (verdict.Outcome)
        {
            case CommitOutcome.Committed:
                _wasAsked = true;
                Log.CommitResolved(_opener.Logger, _opener.Cluster, _sent.Node.Endpoint.Name, "committed", elapsed.TotalMilliseconds, verdict.Reason);
                return true;
            case CommitOutcome.NotCommitted:
                Log.CommitResolved(_opener.Logger, _opener.Cluster, _sent.Node.Endpoint.Name, "not committed", elapsed.TotalMilliseconds, verdict.Reason);
                SaysNotApplied(exception);
                return false;
            default:
                throw Unknown(verdict.Reason, exception);
        }
    }

    private CommitOutcomeUnknownException Unknown(string reason, Exception cause)
    {
        var unknown = _sent!.Unknown(reason, cause);
        Log.CommitUnknown(_opener.Logger, _opener.Cluster, _sent.Node.Endpoint.Name, _opener.Time.GetElapsedTime(_sent.SentTimestamp).TotalMilliseconds, reason);
        if (CallFault.Of(cause) is { } known)
        {
            (known with { Fault = _opener.Classify(unknown) }).AttachTo(unknown);
        }

        return unknown;
    }
}
