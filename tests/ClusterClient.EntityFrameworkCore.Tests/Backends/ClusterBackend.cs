using System.Data.Common;

namespace ClusterClient.EntityFrameworkCore.Tests.Backends;

/// <summary><c>UseNpgsql(cluster)</c> and nothing else.</summary>
public class ClusterBackend(Servers servers, string database) : Backend
{
    public ClusterDataSource Cluster { get; } = servers.NewCluster(database, Map);

    public override DbDataSource Source => Cluster;
}
