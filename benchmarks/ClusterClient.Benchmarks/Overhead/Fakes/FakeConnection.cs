using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace ClusterClient.Benchmarks.Overhead.Fakes;

/// <summary>Opens and closes at once, as a connection does whose pool has one to spare.</summary>
internal sealed class FakeConnection : DbConnection
{
    private readonly bool _yields;
    private ConnectionState _state;

    public FakeConnection(bool yields)
    {
        _yields = yields;
        GC.SuppressFinalize(this);
    }

    [AllowNull]
    public override string ConnectionString { get; set; } = "Host=fake";

    public override string Database => "fake";

    public override string DataSource => "fake";

    public override string ServerVersion => "1";

    public override ConnectionState State => _state;

    public override void Open() => _state = ConnectionState.Open;

    public override Task OpenAsync(CancellationToken cancellationToken)
    {
        _state = ConnectionState.Open;
        return Task.CompletedTask;
    }

    public override void Close() => _state = ConnectionState.Closed;

    public override Task CloseAsync()
    {
        _state = ConnectionState.Closed;
        return Task.CompletedTask;
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override ValueTask DisposeAsync()
    {
        _state = ConnectionState.Closed;
        return ValueTask.CompletedTask;
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => new FakeCommand(_yields) { Connection = this };

    protected override void Dispose(bool disposing) => _state = ConnectionState.Closed;
}
