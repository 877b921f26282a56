using System.Data;
using System.Data.Common;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeTransaction(FakeConnection connection, IsolationLevel level) : DbTransaction
{
    private bool _hasEnded;

    public override IsolationLevel IsolationLevel => level;

    protected override DbConnection DbConnection => connection;

    public override bool SupportsSavepoints => true;

    public override void Commit()
    {
        _hasEnded = true;
        connection.Execute("COMMIT").GetAwaiter().GetResult();
    }

    public override async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        _hasEnded = true;
        await (connection.HearsTokens ? connection.Execute("COMMIT").WaitAsync(cancellationToken) : connection.Execute("COMMIT"));
    }

    public override void Rollback()
    {
        _hasEnded = true;
        connection.Execute("ROLLBACK").GetAwaiter().GetResult();
    }

    public override void Save(string savepointName)
    {
    }

    public override void Rollback(string savepointName) => connection.Execute("ROLLBACK TO " + savepointName).GetAwaiter().GetResult();

    public override async ValueTask DisposeAsync()
    {
        connection.EndedTransactions++;
        if (!_hasEnded && connection.State == ConnectionState.Open)
        {
            _hasEnded = true;
            await connection.RollBackAsync();
        }
    }

    protected override void Dispose(bool disposing)
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }
}
