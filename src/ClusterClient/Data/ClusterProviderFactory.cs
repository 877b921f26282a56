using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// For code that is written against <see cref="DbProviderFactory"/>: its connections, commands and batches are the cluster's, its
/// parameters the driver's. Thread-safe.
/// </summary>
internal sealed class ClusterProviderFactory(DbProviderFactory driver, Func<ClusterConnection> createConnection) : DbProviderFactory
{
    public override bool CanCreateBatch => driver.CanCreateBatch;

    public override bool CanCreateDataAdapter => true;

    public override DbConnection CreateConnection() => createConnection();

    public override DbCommand CreateCommand() => new ClusterCommand(driver);

    public override DbBatch CreateBatch() => new ClusterBatch(driver);

    public override DbBatchCommand CreateBatchCommand() => driver.CreateBatchCommand();

    public override DbParameter? CreateParameter() => driver.CreateParameter();

    public override DbDataAdapter CreateDataAdapter() => new ClusterDataAdapter();

    public override DbConnectionStringBuilder? CreateConnectionStringBuilder() => driver.CreateConnectionStringBuilder();

    // ADO.NET's own adapter works on any provider's commands; drivers derive theirs only for typed properties.
    private sealed class ClusterDataAdapter : DbDataAdapter;
}
