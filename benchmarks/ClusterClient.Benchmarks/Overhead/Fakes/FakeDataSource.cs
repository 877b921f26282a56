using System.Data.Common;

namespace ClusterClient.Benchmarks.Overhead.Fakes;

internal sealed class FakeDataSource(bool yields) : DbDataSource
{
    public override string ConnectionString => "Host=fake";

    protected override DbConnection CreateDbConnection() => new FakeConnection(yields);
}
