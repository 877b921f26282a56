using ClusterClient.Consistency;
using ClusterClient.Testing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ClusterClient.Npgsql.Tests.Transactions;

/// <summary>A primary and a replica, started once for all tests of commits that leave their roles alone.</summary>
[CollectionDefinition(Name)]
public sealed class CommitServers : IAsyncLifetime, ICollectionFixture<CommitServers>
{
    public const string Name = "commits";

    private const string Schema =
        """
        CREATE TABLE t (id int, note text);
        CREATE SCHEMA without;
        CREATE TABLE without.t (id int, note text);
        """;

    private int _id;

    public LocalPostgres Group { get; private set; } = null!;

    public PostgresNode Primary => Group["eu-1"];

    /// <summary>A number that no other call of this gets.</summary>
    public int NextId() => Interlocked.Increment(ref _id);

    public async Task InitializeAsync()
    {
        Group = await LocalPostgres.StartAsync(g => g.Region("eu", 2).Sql(Schema));
        await Primary.ExecuteAsync("CREATE ROLE poor LOGIN; GRANT ALL ON t TO poor");
        await using var orders = await NewAsync(CommitResolution.ByMarker);
        await orders.CreateCommitMarkersAsync();
    }

    public async Task DisposeAsync() => await Group.DisposeAsync();

    public async Task<ClusterDataSource> NewAsync(CommitResolution resolution, string settings = "", ILoggerFactory? logs = null)
    {
        var builder = new ClusterDataSourceBuilder("orders")
            .UseNpgsql($"{Group.ConnectionString};{settings}").LocatedIn("eu").Configure(o => o.CommitResolution = resolution);
        if (logs is not null)
        {
            builder.UseLoggerFactory(logs);
        }

        foreach (var node in Group.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        var orders = builder.Build();
        await orders.WaitUntilReadyAsync();
        return orders;
    }

    public async Task<NpgsqlConnection> OpenBareAsync(string settings = "")
    {
        var connection = new NpgsqlConnection($"Host={Primary.Host};Port={Primary.DirectPort};{Group.ConnectionString};Pooling=false;{settings}");
        await connection.OpenAsync();
        return connection;
    }

    public Task<string?> RowsAsync(int id) => Primary.ExecuteAsync($"SELECT count(*) FROM t WHERE id = {id}");
}
