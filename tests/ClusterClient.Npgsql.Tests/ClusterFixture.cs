using ClusterClient.Testing;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Npgsql.Tests;

/// <summary>
/// A primary and a replica, started once for all tests that leave their roles alone; a cluster over both, and Npgsql straight to
/// the primary as the measure of what the cluster's connections should do.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ClusterFixture : IAsyncLifetime, ICollectionFixture<ClusterFixture>
{
    public const string Name = "cluster";

    /// <summary>Connections of one pool: few enough that a leak soon shows.</summary>
    public const int PoolSize = 12;

    private const string Schema =
        """
        create table item (id int primary key, name text not null, tags text[] not null);
        insert into item values (1, 'one', '{a}'), (2, 'two', '{a,b}'), (3, 'three', '{}');
        create table note (id bigint primary key, body text not null unique);
        create function swapped(inout a int, inout b int) language sql as 'select b, a';
        create procedure raise_by(step int, inout total int) language sql as 'select step + total';
        """;

    private long _id;

    public LocalPostgres Group { get; private set; } = null!;

    public ClusterDataSource Cluster { get; private set; } = null!;

    public NpgsqlDataSource Bare { get; private set; } = null!;

    private string Settings =>
        $"{Group.ConnectionString};Maximum Pool Size={PoolSize};Command Timeout=17;Timeout=11;Include Error Detail=true;Include Failed Batched Command=true";

    public async Task InitializeAsync()
    {
        Group = await LocalPostgres.StartAsync(builder => builder.Region("eu", 2).Sql(Schema));
        Cluster = NewCluster();
        Bare = NewBare();
        for (var topology = await Cluster.WaitUntilReadyAsync(); topology.Nodes.Any(n => n.Status != NodeStatus.Online);)
        {
            topology = await topology.Next.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    public async Task DisposeAsync()
    {
        await Bare.DisposeAsync();
        await Cluster.DisposeAsync();
        await Group.DisposeAsync();
    }

    /// <summary>A number that no other call of this gets, for rows of a test's own.</summary>
    public long NextId() => Interlocked.Increment(ref _id);

    public ClusterDataSource NewCluster(string settings = "")
    {
        var builder = new ClusterDataSourceBuilder("orders").UseNpgsql($"{Settings};{settings}").LocatedIn("eu");
        foreach (var node in Group.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        return builder.Build();
    }

    public NpgsqlDataSource NewBare(string settings = "") =>
        NpgsqlDataSource.Create($"Host={Group.Primary.Host};Port={Group.Primary.Port};{Settings};{settings}");
}
