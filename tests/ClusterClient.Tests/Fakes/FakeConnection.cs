using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeConnection(FakeServer server) : DbConnection
{
    private volatile ConnectionState _state = ConnectionState.Closed;

    public bool IsDisposed { get; private set; }

    public bool IsAborted { get; private set; }

    [AllowNull]
    public override string ConnectionString { get; set; } = "";

    public override string Database => "fake";

    public override string DataSource => "fake";

    public override string ServerVersion => "1.0";

    public override ConnectionState State => _state;

    public override void Open() => OpenAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Like real drivers while they connect to a hung server, deaf to its token.</summary>
    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        _state = ConnectionState.Connecting;
        try
        {
            await server.Open().ConfigureAwait(false);
            _state = ConnectionState.Open;
        }
        finally
        {
            _state = _state == ConnectionState.Open ? _state : ConnectionState.Closed;
        }
    }

    public bool Abort()
    {
        IsAborted = true;
        _state = ConnectionState.Broken;
        server.OnAbort();
        return true;
    }

    public override void Close() => _state = ConnectionState.Closed;

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public bool HearsTokens => server.HearsTokens;

    /// <summary>Transactions that were disposed.</summary>
    public int EndedTransactions { get; internal set; }

    internal void Cancel() => server.OnCancel();

    internal void HearToken() => server.OnToken();

    internal Task Execute(string text = "") => server.Execute(text);

    internal Task RollBackAsync() => server.OnStatement is null ? Task.CompletedTask : server.Execute("ROLLBACK");

    /// <summary>A row that tells the server, or what that says.</summary>
    internal DbDataReader Read()
    {
        var rows = new DataTable { Columns = { { "server", typeof(object) } } };
        rows.Rows.Add(server.OnRow?.Invoke() ?? server);
        return rows.CreateDataReader();
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
    {
        Execute("BEGIN").GetAwaiter().GetResult();
        return new FakeTransaction(this, isolationLevel);
    }

    public override bool CanCreateBatch => true;

    protected override DbBatch CreateDbBatch() => new FakeBatch { Connection = this };

    protected override DbCommand CreateDbCommand() => new FakeCommand { Connection = this };

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        Close();
        base.Dispose(disposing);
    }
}
