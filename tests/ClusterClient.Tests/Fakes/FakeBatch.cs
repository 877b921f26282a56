using System.Data;
using System.Data.Common;

namespace ClusterClient.Tests.Fakes;

/// <summary>A batch that is one statement to its server, like <see cref="FakeCommand"/>.</summary>
internal sealed class FakeBatch : DbBatch
{
    private readonly FakeCommand _command = new();

    public override int Timeout { get; set; }

    protected override DbBatchCommandCollection DbBatchCommands => throw new NotSupportedException();

    protected override DbConnection? DbConnection
    {
        get => _command.Connection;
        set => _command.Connection = value;
    }

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => _command.Cancel();

    public override void Prepare()
    {
    }

    public override Task PrepareAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override int ExecuteNonQuery() => _command.ExecuteNonQuery();

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default) =>
        _command.ExecuteNonQueryAsync(cancellationToken);

    public override object? ExecuteScalar() => _command.ExecuteScalar();

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default) =>
        _command.ExecuteScalarAsync(cancellationToken);

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => _command.ExecuteReader(behavior);

    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        _command.ExecuteReaderAsync(behavior, cancellationToken);

    protected override DbBatchCommand CreateDbBatchCommand() => throw new NotSupportedException();
}
