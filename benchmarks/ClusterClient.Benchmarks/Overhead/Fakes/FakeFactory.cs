using System.Data.Common;

namespace ClusterClient.Benchmarks.Overhead.Fakes;

internal sealed class FakeFactory : DbProviderFactory
{
    public override DbCommand CreateCommand() => new FakeCommand(yields: false);
}
