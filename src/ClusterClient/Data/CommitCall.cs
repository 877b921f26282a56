using System.Data.Common;
using System.Diagnostics;
using ClusterClient.Consistency;
using ClusterClient.Diagnostics;
using ClusterClient.Drivers;
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
internal sealed partial class CommitCall(ClusterTransaction transaction, TimeSpan? limit)
{
    private const string Unconfirmed = "it is committed there, and its replicas did not confirm that they have it";

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
            if (QuestionAhead(native) is { } question)
            {
                _connection.Noting((Self: this, native, question), static c => c.Self.AskAhead(c.native, c.question));
            }

            Begin(native);
        }
        catch (Exception e) when (SaysNotApplied(e) || IsWithoutMarkers(e))
        {
            throw WithoutMarkers(e);
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
        catch (Exception e) when (IsMarkerRefused(e))
        {
            throw WithoutMarkers(e);
        }
        catch (Exception e) when (IsLost(e, CancellationToken.None))
        {
            if (!Settle(Resolve(), e))
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
            if (QuestionAhead(native) is { } question)
            {
                await _connection.NotingAsync(
                    (Self: this, native, question, cancellationToken),
                    static c => c.Self.AskAheadAsync(c.native, c.question, c.cancellationToken),
                    cancellationToken).ConfigureAwait(false);
            }

            Begin(native);
        }
        catch (Exception e) when (SaysNotApplied(e) || IsWithoutMarkers(e))
        {
            throw WithoutMarkers(e);
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
        catch (Exception e) when (IsMarkerRefused(e))
        {
            throw WithoutMarkers(e);
        }
        catch (Exception e) when (IsLost(e, cancellationToken))
        {
            if (!Settle(await ResolveAsync(cancellationToken).ConfigureAwait(false), e))
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
    private string? QuestionAhead(DbConnection native) =>
        IsMarkWanted ? transaction.Dialect.MarkOn(native, isAhead: false)
        : _opener.Driver.Commits is { } dialect && (dialect.StateOf(native) is { } state ? state == SessionState.Failed : transaction.HasFailed) ? dialect.Ping
        : null;

    // Whether a transaction of which that is not known has written: a marker would make a write of one that only reads, and break one that may not write.
    private bool IsMarkWanted => transaction is { Resolution: not CommitResolution.Off, Mark: null } && MayHaveWritten && transaction.Dialect.Mark is not null
        && !(transaction.Resolution == CommitResolution.ByMarker && transaction.HasWritten);

    // Not in another database than the one where it would be looked for, nor where there is no transaction any more that it could be a part of.
    private bool IsMarkerWanted(DbConnection native) => transaction.Resolution == CommitResolution.ByMarker && MayHaveWritten
        && (transaction.HasWritten || transaction.Mark is not null || transaction.Dialect.Mark is null)
        && native.Database == _opener.Driver.Database
        && (transaction.Dialect.StateOf(native) is { } state ? state != SessionState.Idle : !transaction.HasEnded);

    // What failed may have been done for the most part, for one where the application then went back to a savepoint by a statement of its own.
    private bool MayHaveWritten => transaction.MayHaveWritten || transaction.HasFailed;

    private void Begin(DbConnection native)
    {
        var marker = IsMarkerWanted(native) ? Guid.CreateVersion7(_opener.Time.GetUtcNow()) : (Guid?)null;
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
            _sent!.Node.State.Writes.Committed();
            _opener.Ledger?.Acknowledged(_sentTo!, transaction.Mark, _sent!.Marker, transaction.Label, hasWritten: _sent.CanBeAsked || transaction.HasWritten);
        }
    }

    private int AskAhead(DbConnection native, string question)
    {
        using var command = native.CreateCommand();
        (command.Transaction, command.CommandText) = (Native, question);
        using var row = command.ExecuteReader();
        _wasAsked = IsMarkWanted;
        if (row.Read() && _wasAsked)
        {
            transaction.TakeMark(row, native);
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
                _wasAsked = IsMarkWanted;
                if (await row.ReadAsync(cancellationToken).ConfigureAwait(false) && _wasAsked)
                {
                    transaction.TakeMark(row, native);
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
            throw Unknown(Unconfirmed, e);
        }

        ThrowIfUnconfirmed();
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
                throw Unknown(Unconfirmed, e);
            }
        }

        ThrowIfUnconfirmed();
    }

    // The wait for the confirmation may be ended just as that for the commit was.
    private void ThrowIfUnconfirmed()
    {
        if (_connection.TakeUnconfirmed())
        {
            throw Unknown(Unconfirmed, cause: null);
        }
    }
}
