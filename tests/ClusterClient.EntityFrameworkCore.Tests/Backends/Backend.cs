using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ClusterClient.EntityFrameworkCore.Tests.Schema;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace ClusterClient.EntityFrameworkCore.Tests.Backends;

/// <summary>One way for a context to reach its database. The tests are the same for all.</summary>
public abstract class Backend : IAsyncDisposable
{
    /// <summary>What the provider is given.</summary>
    public abstract DbDataSource Source { get; }

    public virtual void Use(DbContextOptionsBuilder options) => options.UseNpgsql(Source, Map);

    public virtual void Use(DbContextOptionsBuilder options, DbConnection connection) => options.UseNpgsql(connection, Map);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Source.DisposeAsync();
    }

    protected static void Map(NpgsqlDataSourceBuilder builder) => builder.MapEnum<Mood>("mood").MapEnum<Flavour>("flavour");

    private static void Map(NpgsqlDbContextOptionsBuilder builder) => builder.MapEnum<Mood>("mood").MapEnum<Flavour>("flavour");
}
