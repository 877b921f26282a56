using System.Data;
using System.Data.Common;
using ClusterClient.Resilience;

namespace ClusterClient.Data;

/// <summary>
/// One execution of the first statement that writes in a transaction, with the question for the transaction's mark in the same round trip:
/// behind it, or ahead of it where its answer is a reader that the application gets. A copy of the command runs, of the same text and values.
/// </summary>
internal sealed class MarkedCommand(DbCommand inner, ClusterConnection connection, ClusterTransaction transaction, bool isPrepared)
    : DecoratedCommand(inner)
{
    public override int ExecuteNonQuery()
    {
        using var reader = Execute(CommandBehavior.Default, isAhead: false);
        Drain(reader, wantsScalar: false);
        reader.Close();
        return reader.RecordsAffected;
    }

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        var reader = await ExecuteAsync(CommandBehavior.Default, isAhead: false, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await DrainAsync(reader, wantsScalar: false, cancellationToken).ConfigureAwait(false);
            await reader.CloseAsync().ConfigureAwait(false);
            return reader.RecordsAffected;
        }
    }

    public override object? ExecuteScalar()
    {
        using var reader = Execute(CommandBehavior.Default, isAhead: false);
        return Drain(reader, wantsScalar: true);
    }

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        var reader = await ExecuteAsync(CommandBehavior.Default, isAhead: false, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await DrainAsync(reader, wantsScalar: true, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        if (!IsAllRows)
        {
            return Unmarked().ExecuteReader(behavior);
        }

        // A driver would stop at the first result; the statement has one.
        var reader = Execute(behavior & ~CommandBehavior.SingleResult, isAhead: true);
        try
        {
            reader.Read();
            TakeMark(reader);
            reader.NextResult();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        if (!IsAllRows)
        {
            return await Unmarked().ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false);
        }

        var reader = await ExecuteAsync(behavior & ~CommandBehavior.SingleResult, isAhead: true, cancellationToken).ConfigureAwait(false);
        try
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            TakeMark(reader);
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Whether rows are all that a reader tells of it. A driver's reader also counts what each statement changed, and in those counts a statement ahead
    // would be the first: who looks there for rows that were not found, as Entity Framework does, would look in the wrong place.
    private bool IsAllRows => PlainStatement.Is(Inner.CommandText) && Inner.CommandText.Contains("RETURNING", StringComparison.OrdinalIgnoreCase);

    // Its mark is asked for before the commit.
    private DbCommand Unmarked()
    {
        transaction.MayHaveWritten = true;
        return ShortTimeout.Over(Inner, connection);
    }

    private DbDataReader Execute(CommandBehavior behavior, bool isAhead)
    {
        if (StatementCopy.IsPositional(Inner))
        {
            var batch = Batch(isAhead);
            if (isPrepared)
            {
                batch.Prepare();
            }

            return ShortTimeout.Over(batch, connection).ExecuteReader(behavior);
        }

        var command = Text(isAhead);
        if (isPrepared)
        {
            command.Prepare();
        }

        return ShortTimeout.Over(command, connection).ExecuteReader(behavior);
    }

    private async Task<DbDataReader> ExecuteAsync(CommandBehavior behavior, bool isAhead, CancellationToken cancellationToken)
    {
        if (StatementCopy.IsPositional(Inner))
        {
            var batch = Batch(isAhead);
            if (isPrepared)
            {
                await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
            }

            return await ShortTimeout.Over(batch, connection).ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false);
        }

        var command = Text(isAhead);
        if (isPrepared)
        {
            await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }

        return await ShortTimeout.Over(command, connection).ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false);
    }

    // Where values have places and no names, only a batch takes a second statement.
    private DbBatch Batch(bool isAhead)
    {
        var batch = Inner.Connection!.CreateBatch();
        batch.Timeout = Inner.CommandTimeout;
        batch.Transaction = transaction.Native;
        var mark = batch.CreateBatchCommand();
        mark.CommandText = Question(isAhead);
        batch.BatchCommands.Add(mark);
        batch.BatchCommands.Insert(isAhead ? 1 : 0, StatementCopy.Of(Inner, batch));
        connection.StandIn = batch;
        return batch;
    }

    private DbCommand Text(bool isAhead)
    {
        var copy = StatementCopy.Of(Inner, Inner.Connection);
        copy.Transaction = transaction.Native;
        // On a line of its own, for a text that ends in a comment.
        copy.CommandText = isAhead ? $"{Question(isAhead)};\n{Inner.CommandText}"
            : $"{Inner.CommandText.AsSpan().TrimEnd().TrimEnd(';')}\n;{Question(isAhead)}";
        connection.StandIn = copy;
        return copy;
    }

    private string Question(bool isAhead) => transaction.Dialect.MarkOn(Inner.Connection!, isAhead);

    private void TakeMark(DbDataReader reader) => transaction.TakeMark(reader, Inner.Connection!);

    private bool IsMark(DbDataReader reader) => reader.FieldCount > 0 && reader.GetName(0) == transaction.Dialect.MarkColumn;

    private object? Drain(DbDataReader reader, bool wantsScalar)
    {
        object? scalar = null;
        do
        {
            if (IsMark(reader))
            {
                reader.Read();
                TakeMark(reader);
            }
            else if (wantsScalar)
            {
                scalar = reader.Read() && reader.FieldCount > 0 ? reader.GetValue(0) : null;
                wantsScalar = false;
            }
        }
        while (reader.NextResult());

        return scalar;
    }

    private async Task<object?> DrainAsync(DbDataReader reader, bool wantsScalar, CancellationToken cancellationToken)
    {
        object? scalar = null;
        do
        {
            if (IsMark(reader))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                TakeMark(reader);
            }
            else if (wantsScalar)
            {
                scalar = await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.FieldCount > 0 ? reader.GetValue(0) : null;
                wantsScalar = false;
            }
        }
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));

        return scalar;
    }
}
