using ClusterClient.EntityFrameworkCore.Tests.Backends;

namespace ClusterClient.EntityFrameworkCore.Tests.Schema;

public sealed class PlainSchemaSuiteTests(Servers servers) : SchemaSuiteTests(servers)
{
    protected override Backend NewBackend(Servers servers, string database) => new PlainBackend(servers, database);
}
