using ClusterClient.EntityFrameworkCore.Tests.Backends;

namespace ClusterClient.EntityFrameworkCore.Tests.Suite;

public sealed class ClusterSuiteTests(Database<ClusterBackend> database) : SuiteTests, IClassFixture<Database<ClusterBackend>>
{
    protected override Backend Backend => database.Backend;
}
