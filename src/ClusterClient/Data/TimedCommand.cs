using System.Data;
using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>One execution of a driver's command, whose timeout a <see cref="TimedCall"/> keeps while the driver's own is out of the way.</summary>
internal sealed class TimedCommand : DecoratedCommand
{
    private readonly ClusterConnection _connection;
    private readonly TimeSpan _limit;

    public TimedCommand(DbCommand inner, ClusterConnection connection, TimeSpan limit)
        : base(inner) => (_connection, _limit) = (connection, limit);

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

    private TResult Run<TResult>(Func<DbCommand, TResult> run)
    {
        var seconds = Inner.CommandTimeout;
        Inner.CommandTimeout = _connection.Opener.Limits.SecondsBeyond(_limit);
        try
        {
            return TimedCall.Run(_connection, _limit, Inner.Cancel, () => run(Inner));
        }
        finally
        {
            Inner.CommandTimeout = seconds;
        }
    }

    private async Task<TResult> RunAsync<TResult>(Func<DbCommand, Task<TResult>> run, CancellationToken caller)
    {
        var seconds = Inner.CommandTimeout;
        Inner.CommandTimeout = _connection.Opener.Limits.SecondsBeyond(_limit);
        try
        {
            return await TimedCall.RunAsync(
                _connection, _limit, Inner.Cancel, () => run(Inner), caller).ConfigureAwait(false);
        }
        finally
        {
            Inner.CommandTimeout = seconds;
        }
    }
}
