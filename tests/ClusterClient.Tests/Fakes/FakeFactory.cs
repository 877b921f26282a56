using System.Data.Common;

namespace ClusterClient.Tests.Fakes;

internal sealed class FakeFactory : DbProviderFactory
{
    public static readonly FakeFactory Instance = new();

    public override bool CanCreateBatch => true;

    public override DbCommand CreateCommand() => new FakeCommand();

    public override DbBatch CreateBatch() => new FakeBatch();
}
