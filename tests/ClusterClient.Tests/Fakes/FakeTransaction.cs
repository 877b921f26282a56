using System.Data;
using System.Data.Common;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeTransaction(FakeConnection connection, IsolationLevel level) : DbTransaction
{
    public override IsolationLevel IsolationLevel => level;

    protected override DbConnection DbConnection => connection;

    public override void Commit() => connection.Execute().GetAwaiter().GetResult();

    public override void Rollback() => connection.Execute().GetAwaiter().GetResult();

    protected override void Dispose(bool disposing)
    {
        connection.EndedTransactions++;
        base.Dispose(disposing);
    }
}
