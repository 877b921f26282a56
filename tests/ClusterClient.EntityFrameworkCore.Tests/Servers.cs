using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.EntityFrameworkCore.Tests;

/// <summary>A primary and a replica, started once for all tests that leave their roles alone. Each class has a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class Servers : IAsyncLifetime, ICollectionFixture<Servers>
{
    public const string Name = "servers";

    public LocalPostgres Group { get; private set; } = null!;

    public PostgresNode Primary => Group["eu-1"];

    public PostgresNode Replica => Group["eu-2"];

    public async Task InitializeAsync()
    {
        Group = await LocalPostgres.StartAsync(g => g.Region("eu", 2));
        await Primary.ExecuteAsync("alter role app createdb");
    }

    public async Task DisposeAsync() => await Group.DisposeAsync();

    public string Settings(string database) => $"Username=app;Database={database};Maximum Pool Size=20;Include Error Detail=true";

    /// <summary>Straight to the primary.</summary>
    public string Direct(string database) => $"Host={Primary.Host};Port={Primary.Port};{Settings(database)}";

    public ClusterDataSource NewCluster(string database, Action<NpgsqlDataSourceBuilder>? configure = null, Action<ClusterDataSourceBuilder>? more = null)
    {
        var builder = new ClusterDataSourceBuilder("shop").UseNpgsql(Settings(database), configure).LocatedIn("eu");
        foreach (var node in Group.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        more?.Invoke(builder);
        return builder.Build();
    }
}
