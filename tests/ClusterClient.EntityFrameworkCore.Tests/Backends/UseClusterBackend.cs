using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore.Tests.Backends;

/// <summary><c>UseNpgsql(cluster).UseCluster()</c>.</summary>
public sealed class UseClusterBackend(Servers servers, string database) : ClusterBackend(servers, database)
{
    public override void Use(DbContextOptionsBuilder options)
    {
        base.Use(options);
        options.UseCluster();
    }

    public override void Use(DbContextOptionsBuilder options, DbConnection connection)
    {
        base.Use(options, connection);
        options.UseCluster();
    }
}
