using System.Data;
using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// One execution of a driver's batch with the trace's context behind each of its statements. Its parts are the application's: they have
/// their own texts again as soon as the driver has begun, which has read them by then.
/// </summary>
internal sealed class TracedBatch(DbBatch inner, string comment) : DbBatch
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

    public override void Prepare() => inner.Prepare();

    public override Task PrepareAsync(CancellationToken cancellationToken = default) => inner.PrepareAsync(cancellationToken);

    public override int ExecuteNonQuery() => Run(static b => b.ExecuteNonQuery());

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default) =>
        Run(b => b.ExecuteNonQueryAsync(cancellationToken));

    public override object? ExecuteScalar() => Run(static b => b.ExecuteScalar());

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default) =>
        Run(b => b.ExecuteScalarAsync(cancellationToken));

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Run(b => b.ExecuteReader(behavior));

    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        Run(b => b.ExecuteReaderAsync(behavior, cancellationToken));

    protected override DbBatchCommand CreateDbBatchCommand() => inner.CreateBatchCommand();

    private TResult Run<TResult>(Func<DbBatch, TResult> run)
    {
        var commands = inner.BatchCommands;
        var texts = new string[commands.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = commands[i].CommandText;
            if (commands[i].CommandType == CommandType.Text && !Diagnostics.TraceContext.IsIn(texts[i]))
            {
                commands[i].CommandText = Diagnostics.TraceContext.Append(texts[i], comment);
            }
        }

        try
        {
            return run(inner);
        }
        finally
        {
            for (var i = 0; i < texts.Length; i++)
            {
                commands[i].CommandText = texts[i];
            }
        }
    }
}
