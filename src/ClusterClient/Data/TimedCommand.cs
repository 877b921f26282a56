using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace ClusterClient.Data;

/// <summary>One execution of a driver's command, whose timeout a <see cref="TimedCall"/> keeps while the driver's own is out of the way.</summary>
internal sealed class TimedCommand : DbCommand
{
    private readonly DbCommand _inner;
    private readonly ClusterConnection _connection;
    private readonly TimeSpan _limit;

    public TimedCommand(DbCommand inner, ClusterConnection connection, TimeSpan limit)
    {
        (_inner, _connection, _limit) = (inner, connection, limit);
        GC.SuppressFinalize(this);
    }

    [AllowNull]
    public override string CommandText
    {
        get => _inner.CommandText;
        set => _inner.CommandText = value;
    }

    public override int CommandTimeout
    {
        get => _inner.CommandTimeout;
        set => _inner.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => _inner.CommandType;
        set => _inner.CommandType = value;
    }

    public override bool DesignTimeVisible
    {
        get => _inner.DesignTimeVisible;
        set => _inner.DesignTimeVisible = value;
    }

    public override UpdateRowSource UpdatedRowSource
    {
        get => _inner.UpdatedRowSource;
        set => _inner.UpdatedRowSource = value;
    }

    protected override DbConnection? DbConnection
    {
        get => _inner.Connection;
        set => _inner.Connection = value;
    }

    protected override DbParameterCollection DbParameterCollection => _inner.Parameters;

    protected override DbTransaction? DbTransaction
    {
        get => _inner.Transaction;
        set => _inner.Transaction = value;
    }

    public override void Cancel() => _inner.Cancel();

    public override void Prepare() => Run(static c =>
    {
        c.Prepare();
        return 0;
    });

    public override Task PrepareAsync(CancellationToken cancellationToken = default) => RunAsync(
        async c =>
        {
            await c.PrepareAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        },
        cancellationToken);

    public override int ExecuteNonQuery() => Run(static c => c.ExecuteNonQuery());

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) =>
        RunAsync(c => c.ExecuteNonQueryAsync(cancellationToken), cancellationToken);

    public override object? ExecuteScalar() => Run(static c => c.ExecuteScalar());

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) =>
        RunAsync(c => c.ExecuteScalarAsync(cancellationToken), cancellationToken);

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Run(c => c.ExecuteReader(behavior));

    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        RunAsync(c => c.ExecuteReaderAsync(behavior, cancellationToken), cancellationToken);

    protected override DbParameter CreateDbParameter() => _inner.CreateParameter();

    private TResult Run<TResult>(Func<DbCommand, TResult> run)
    {
        var seconds = _inner.CommandTimeout;
        _inner.CommandTimeout = _connection.Opener.Limits.SecondsBeyond(_limit);
        try
        {
            return TimedCall.Run(_connection, _limit, _inner.Cancel, () => run(_inner));
        }
        finally
        {
            _inner.CommandTimeout = seconds;
        }
    }

    private async Task<TResult> RunAsync<TResult>(Func<DbCommand, Task<TResult>> run, CancellationToken caller)
    {
        var seconds = _inner.CommandTimeout;
        _inner.CommandTimeout = _connection.Opener.Limits.SecondsBeyond(_limit);
        try
        {
            return await TimedCall.RunAsync(
                _connection, _limit, _inner.Cancel, () => run(_inner), caller).ConfigureAwait(false);
        }
        finally
        {
            _inner.CommandTimeout = seconds;
        }
    }
}
