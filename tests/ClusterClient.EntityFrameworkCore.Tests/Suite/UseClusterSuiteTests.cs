using ClusterClient.EntityFrameworkCore.Tests.Backends;

namespace ClusterClient.EntityFrameworkCore.Tests.Suite;

public sealed class UseClusterSuiteTests(Database<UseClusterBackend> database) : SuiteTests, IClassFixture<Database<UseClusterBackend>>
{
    protected override Backend Backend => database.Backend;
}
