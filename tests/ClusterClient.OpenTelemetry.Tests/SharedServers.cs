using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>A primary and two replicas, started once for all tests that leave them as they are. They log every statement.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServers : IAsyncLifetime, ICollectionFixture<SharedServers>
{
    public const string Name = "servers";

    public LocalPostgres Group { get; private set; } = null!;

    public static Action<LocalPostgresBuilder> Settings(int nodes) => g => g.Region("eu", nodes)
        .Sql("CREATE TABLE t (id int, note text)").Setting("log_statement", "all").Setting("log_line_prefix", "%m [%p] app=%a ");

    public async Task InitializeAsync() => Group = await LocalPostgres.StartAsync(Settings(3));

    public async Task DisposeAsync() => await Group.DisposeAsync();

    /// <summary>Past the library, to the primary.</summary>
    public static async Task<NpgsqlConnection> OpenBareAsync(LocalPostgres group)
    {
        var db = new NpgsqlConnection($"Host={group.Primary.Host};Port={group.Primary.DirectPort};{group.ConnectionString};Pooling=false");
        await db.OpenAsync();
        return db;
    }

    /// <summary>A server's log; it is written before its client has the answer.</summary>
    public async Task<string[]> LogAsync(string node)
    {
        var file = await Group[node].ExecuteAsync("SHOW data_directory") + ".log";
        return await File.ReadAllLinesAsync(file);
    }
}
