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

    public override bool CanCreateCommandBuilder => driver.CanCreateCommandBuilder;

    public override DbConnection CreateConnection() => createConnection();

    public override DbCommand CreateCommand() => new ClusterCommand(driver);

    public override DbBatch CreateBatch() => new ClusterBatch(driver);

    public override DbBatchCommand CreateBatchCommand() => driver.CreateBatchCommand();

    public override DbParameter? CreateParameter() => driver.CreateParameter();

    /// <summary>The driver's own, which works on any provider's commands as long as it is used as a <see cref="DbDataAdapter"/>.</summary>
    public override DbDataAdapter CreateDataAdapter() => driver.CreateDataAdapter() ?? new PlainDataAdapter();

    /// <summary>
    /// The driver's own: it insists on the driver's adapter and parameters, which it gets, and makes its commands on the select
    /// command's connection, which is the cluster's.
    /// </summary>
    public override DbCommandBuilder? CreateCommandBuilder() => driver.CreateCommandBuilder();

    public override DbConnectionStringBuilder? CreateConnectionStringBuilder() => driver.CreateConnectionStringBuilder();

    private sealed class PlainDataAdapter : DbDataAdapter;
}
