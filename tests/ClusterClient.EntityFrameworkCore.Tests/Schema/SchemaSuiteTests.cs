using ClusterClient.EntityFrameworkCore.Tests.Backends;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ClusterClient.EntityFrameworkCore.Tests.Schema;

/// <summary>What makes and changes databases and their types: on Npgsql alone, and on a cluster with UseCluster, which this takes.</summary>
[Collection(Servers.Name)]
public abstract class SchemaSuiteTests(Servers servers)
{
    protected abstract Backend NewBackend(Servers servers, string database);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EnsureCreated_NoDatabase_MakesItWithItsTypes(bool isAsync)
    {
        await using var backend = NewBackend();
        await using (var shop = Database<Backend>.NewContext(backend))
        {
            Assert.False(await shop.Database.CanConnectAsync());
            Assert.True(isAsync ? await shop.Database.EnsureCreatedAsync() : shop.Database.EnsureCreated());
            Assert.False(isAsync ? await shop.Database.EnsureCreatedAsync() : shop.Database.EnsureCreated());
            await UseEnumAsync(shop);
        }

        await using var other = Database<Backend>.NewContext(backend);
        Assert.Equal(1, await other.Customers.CountAsync(c => c.Mood == Mood.Happy));
        await other.Database.EnsureDeletedAsync();
    }

    [Fact]
    public async Task EnsureCreated_EmptyDatabase_FillsIt()
    {
        var name = NewName();
        await servers.Primary.ExecuteAsync($"create database {name} owner app");
        await using var backend = NewBackend(servers, name);
        await using var shop = Database<Backend>.NewContext(backend);
        Assert.True(await shop.Database.CanConnectAsync());
        Assert.True(await shop.Database.EnsureCreatedAsync());
        await UseEnumAsync(shop);
    }

    [Fact]
    public async Task EnsureCreated_WithSeeding_RunsIt()
    {
        await using var backend = NewBackend();
        await using var shop = Database<Backend>.NewContext(backend, o => o
            .UseSeeding((context, _) => Seed(context).SaveChanges()).UseAsyncSeeding((context, _, ct) => Seed(context).SaveChangesAsync(ct)));
        Assert.True(await shop.Database.EnsureCreatedAsync());
        Assert.Equal("seed", await shop.Customers.Select(c => c.Name).SingleAsync());
        await shop.Database.EnsureDeletedAsync();
        Assert.True(shop.Database.EnsureCreated());
        Assert.Equal("seed", await shop.Customers.Select(c => c.Name).SingleAsync());

        static DbContext Seed(DbContext context)
        {
            context.Add(new Customer { Name = "seed", Mood = Mood.Fine });
            return context;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EnsureDeleted_InUse_LeavesNoDeadConnections(bool isAsync)
    {
        await using var backend = NewBackend();
        await using var shop = Database<Backend>.NewContext(backend);
        for (var i = 0; i < 2; i++)
        {
            Assert.True(await shop.Database.EnsureCreatedAsync());
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            {
                await using var other = Database<Backend>.NewContext(backend);
                Assert.Equal(0, await other.Orders.CountAsync());
            }));
            await UseEnumAsync(shop);
            Assert.True(isAsync ? await shop.Database.EnsureDeletedAsync() : shop.Database.EnsureDeleted());
            Assert.False(isAsync ? await shop.Database.EnsureDeletedAsync() : shop.Database.EnsureDeleted());
            Assert.False(await shop.Database.CanConnectAsync());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrate_NoDatabase_AppliesAllWithTheirTypes(bool isAsync)
    {
        await using var backend = NewBackend();
        await using var context = new MigratedContext(backend);
        if (isAsync)
        {
            await context.Database.MigrateAsync();
        }
        else
        {
            context.Database.Migrate();
        }

        await UseTypesAsync(context);
        Assert.Equal(2, (await context.Database.GetAppliedMigrationsAsync()).Count());
        Assert.Empty(await context.Database.GetPendingMigrationsAsync());
        await context.Database.EnsureDeletedAsync();
    }

    [Fact]
    public async Task Migrate_InTwoSteps_MakesTypesInUse()
    {
        await using var backend = NewBackend();
        await using (var context = new MigratedContext(backend))
        {
            await context.Database.MigrateAsync("First");
            await context.Database.ExecuteSqlRawAsync("INSERT INTO sweets (name) VALUES ('early')");
        }

        await using (var context = new MigratedContext(backend))
        {
            Assert.Single(await context.Database.GetPendingMigrationsAsync());
            await context.Database.MigrateAsync();
            await context.Database.MigrateAsync();
            await UseTypesAsync(context);
        }

        await using var last = new MigratedContext(backend);
        await last.Database.MigrateAsync("First");
        Assert.Equal(2L, await last.Database.SqlQuery<long>($"SELECT count(*) AS \"Value\" FROM sweets").SingleAsync());
        await last.Database.EnsureDeletedAsync();
    }

    [Fact]
    public async Task Migrate_WithACommandTimeout_KeepsIt()
    {
        await using var backend = NewBackend();
        await using var context = new MigratedContext(backend);
        context.Database.SetCommandTimeout(77);
        await context.Database.MigrateAsync();
        Assert.Equal(77, context.Database.GetCommandTimeout());
        await context.Database.EnsureDeletedAsync();
    }

    [Fact]
    public async Task Migrate_Fails_IsTheServersExceptionAndLeavesTheContextUsable()
    {
        await using var backend = NewBackend();
        await using var context = new MigratedContext(backend);
        await context.Database.MigrateAsync("First");
        await context.Database.ExecuteSqlRawAsync("CREATE TYPE flavour AS ENUM ('mine')");
        var error = await Assert.ThrowsAsync<PostgresException>(() => context.Database.MigrateAsync());
        Assert.Equal(PostgresErrorCodes.DuplicateObject, error.SqlState);
        await context.Database.ExecuteSqlRawAsync("DROP TYPE flavour");
        await context.Database.MigrateAsync();
        await UseTypesAsync(context);
        await context.Database.EnsureDeletedAsync();
    }

    private static string NewName() => $"schema_{Guid.NewGuid():N}";

    private static async Task UseEnumAsync(ShopContext shop)
    {
        shop.Add(new Customer { Name = $"{Guid.NewGuid()}", Mood = Mood.Happy });
        await shop.SaveChangesAsync();
        shop.ChangeTracker.Clear();
        Assert.Equal(Mood.Happy, (await shop.Customers.FirstAsync(c => c.Mood == Mood.Happy)).Mood);
    }

    private static async Task UseTypesAsync(MigratedContext context)
    {
        context.Add(new Sweet { Name = "Lemon", Flavour = Flavour.Sour });
        await context.SaveChangesAsync();
        context.ChangeTracker.Clear();
        Assert.Equal(Flavour.Sour, (await context.Sweets.SingleAsync(s => s.Name == "lEMON")).Flavour);
    }

    private Backend NewBackend() => NewBackend(servers, NewName());
}
