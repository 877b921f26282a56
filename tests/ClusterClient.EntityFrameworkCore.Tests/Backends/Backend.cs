using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ClusterClient.EntityFrameworkCore.Tests.Backends;

/// <summary>One way for a context to reach its database. The tests are the same for all.</summary>
public abstract class Backend : IAsyncDisposable
{
    /// <summary>What the provider is given.</summary>
    public abstract DbDataSource Source { get; }

    public virtual void Use(DbContextOptionsBuilder options) => options.UseNpgsql(Source, n => n.MapEnum<Mood>("mood"));

    public virtual void Use(DbContextOptionsBuilder options, DbConnection connection) => options.UseNpgsql(connection, n => n.MapEnum<Mood>("mood"));

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Source.DisposeAsync();
    }

    protected static void Map(NpgsqlDataSourceBuilder builder) => builder.MapEnum<Mood>("mood");
}
