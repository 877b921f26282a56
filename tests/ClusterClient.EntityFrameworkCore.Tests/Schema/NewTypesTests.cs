using ClusterClient.EntityFrameworkCore.Tests.Backends;
using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore.Tests.Schema;

/// <summary>Types that are made while every node's driver has a list of those that were there before.</summary>
[Collection(Servers.Name)]
public sealed class NewTypesTests(Servers servers)
{
    [Fact]
    public async Task Migrate_NewTypes_AreKnownOnTheReplicaToo()
    {
        var name = $"types_{Guid.NewGuid():N}";
        await using var backend = new UseClusterBackend(servers, name);
        await using (var context = new MigratedContext(backend))
        {
            await context.Database.MigrateAsync("First");
            await UntilOnReplicaAsync(context);
            await context.Database.MigrateAsync();
            context.Add(new Sweet { Name = "plum", Flavour = Flavour.Sour });
            await context.SaveChangesAsync();
        }

        await using var other = new MigratedContext(backend);
        await UntilOnReplicaAsync(other);
        await servers.Group.WaitForReplicationAsync();
        Assert.Equal(Flavour.Sour, (await other.Sweets.OnReplica().SingleAsync()).Flavour);
        await other.Database.EnsureDeletedAsync();
    }

    [Fact]
    public async Task ReloadTypes_AfterSqlOfTheApplicationsOwn_MakesThemKnownEverywhere()
    {
        var name = $"types_{Guid.NewGuid():N}";
        await servers.Primary.ExecuteAsync($"create database {name} owner app");
        await using var backend = new ClusterBackend(servers, name);
        await using var primary = await backend.Cluster.OpenConnectionAsync();
        await Until.TrueAsync(async () =>
        {
            await using var replica = await backend.Cluster.Reads.OpenConnectionAsync();
            return replica.NodeName == "eu-2";
        });
        await using (var create = primary.CreateCommand())
        {
            create.CommandText = "create type mood as enum ('sad', 'fine', 'happy')";
            await create.ExecuteNonQueryAsync();
        }

        await backend.Cluster.ReloadTypesAsync();

        foreach (var view in new[] { backend.Cluster.Writes, backend.Cluster.Reads })
        {
            await using var connection = await view.OpenConnectionAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "select 'happy'::mood";
            Assert.Equal(Mood.Happy, await command.ExecuteScalarAsync());
        }
    }

    [Fact]
    public async Task Migrate_OnAnOpenConnection_MakesTypesKnown()
    {
        await using var backend = new UseClusterBackend(servers, $"types_{Guid.NewGuid():N}");
        await using var context = new MigratedContext(backend);
        await context.Database.MigrateAsync("First");
        await context.Database.OpenConnectionAsync();
        await context.Database.MigrateAsync();
        await context.Database.CloseConnectionAsync();
        context.Add(new Sweet { Name = "plum", Flavour = Flavour.Sour });
        await context.SaveChangesAsync();
        Assert.Equal(Flavour.Sour, (await context.Sweets.AsNoTracking().SingleAsync()).Flavour);
        context.Database.EnsureDeleted();
    }

    private static async Task UntilOnReplicaAsync(DbContext context) => await Until.TrueAsync(
        () => context.Database.SqlQuery<bool>($"select pg_is_in_recovery() as \"Value\"").OnReplica().SingleAsync());
}
