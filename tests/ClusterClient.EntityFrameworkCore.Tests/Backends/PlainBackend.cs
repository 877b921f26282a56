using System.Data.Common;
using Npgsql;

namespace ClusterClient.EntityFrameworkCore.Tests.Backends;

/// <summary>Npgsql alone: the measure of the others.</summary>
public sealed class PlainBackend : Backend
{
    public PlainBackend(Servers servers, string database)
    {
        var builder = new NpgsqlDataSourceBuilder(servers.Direct(database));
        Map(builder);
        Source = builder.Build();
    }

    public override DbDataSource Source { get; }
}
