using System.Data;
using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>The same as <see cref="TimedCommand"/>, for a driver's batch.</summary>
internal sealed class TimedBatch(DbBatch inner, ClusterConnection connection, TimeSpan limit) : DbBatch
{
    public override int Timeout
    {
        get => inner.Timeout;
        set => inner.Timeout = value;
    }

    protected override DbBatchCommandCollection DbBatchCommands => inner.BatchCommands;

    protected override DbConnection? DbConnection
    {
        get => inner.Connection;
        set => inner.Connection = value;
    }

    protected override DbTransaction? DbTransaction
    {
        get => inner.Transaction;
        set => inner.Transaction = value;
    }

    public override void Cancel() => inner.Cancel();

    public override void Prepare() => Run(static b =>
    {
        b.Prepare();
        return 0;
    });

    public override Task PrepareAsync(CancellationToken cancellationToken = default) => RunAsync(
        async b =>
        {
            await b.PrepareAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        },
        cancellationToken);

    public override int ExecuteNonQuery() => Run(static b => b.ExecuteNonQuery());

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default) =>
        RunAsync(b => b.ExecuteNonQueryAsync(cancellationToken), cancellationToken);

    public override object? ExecuteScalar() => Run(static b => b.ExecuteScalar());

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default) =>
        RunAsync(b => b.ExecuteScalarAsync(cancellationToken), cancellationToken);

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Run(b => b.ExecuteReader(behavior));

    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        RunAsync(b => b.ExecuteReaderAsync(behavior, cancellationToken), cancellationToken);

    protected override DbBatchCommand CreateDbBatchCommand() => inner.CreateBatchCommand();

    private TResult Run<TResult>(Func<DbBatch, TResult> run)
    {
        var seconds = inner.Timeout;
        inner.Timeout = connection.Opener.Limits.SecondsBeyond(limit);
        try
        {
            return TimedCall.Run(connection, limit, inner.Cancel, () => run(inner));
        }
        finally
        {
            inner.Timeout = seconds;
        }
    }

    private async Task<TResult> RunAsync<TResult>(Func<DbBatch, Task<TResult>> run, CancellationToken caller)
    {
        var seconds = inner.Timeout;
        inner.Timeout = connection.Opener.Limits.SecondsBeyond(limit);
        try
        {
            return await TimedCall.RunAsync(
                connection, limit, inner.Cancel, () => run(inner), caller).ConfigureAwait(false);
        }
        finally
        {
            inner.Timeout = seconds;
        }
    }
}
