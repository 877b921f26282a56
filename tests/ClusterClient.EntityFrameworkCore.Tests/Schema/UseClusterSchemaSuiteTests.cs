using ClusterClient.EntityFrameworkCore.Tests.Backends;

namespace ClusterClient.EntityFrameworkCore.Tests.Schema;

public sealed class UseClusterSchemaSuiteTests(Servers servers) : SchemaSuiteTests(servers)
{
    protected override Backend NewBackend(Servers servers, string database) => new UseClusterBackend(servers, database);
}
