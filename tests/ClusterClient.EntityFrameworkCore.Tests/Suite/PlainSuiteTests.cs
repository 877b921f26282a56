using ClusterClient.EntityFrameworkCore.Tests.Backends;

namespace ClusterClient.EntityFrameworkCore.Tests.Suite;

public sealed class PlainSuiteTests(Database<PlainBackend> database) : SuiteTests, IClassFixture<Database<PlainBackend>>
{
    protected override Backend Backend => database.Backend;
}
