using ClusterClient.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ClusterClient.EntityFrameworkCore.Tests.Routing;

/// <summary>How a context is given its cluster, and what it is told when it was given something else.</summary>
[Collection(Servers.Name)]
public sealed class SetupTests(Places places, Servers servers) : IClassFixture<Places>
{
    [Theory]
    [InlineData("AddDbContext")]
    [InlineData("AddDbContextPool")]
    [InlineData("AddDbContextFactory")]
    [InlineData("AddPooledDbContextFactory")]
    public async Task UseCluster_FromTheContainer_IsTheNamedOne(string way)
    {
        var services = new ServiceCollection().AddKeyedSingleton("places", places.Cluster);
        _ = way switch
        {
            "AddDbContext" => services.AddDbContext<PlacesContext>(Use),
            "AddDbContextPool" => services.AddDbContextPool<PlacesContext>(Use),
            "AddDbContextFactory" => services.AddDbContextFactory<PlacesContext>(Use),
            _ => services.AddPooledDbContextFactory<PlacesContext>(Use),
        };
        await using var container = services.BuildServiceProvider();
        for (var i = 0; i < 3; i++)
        {
            await using var scope = container.CreateAsyncScope();
            await using var context = way.EndsWith("Factory", StringComparison.Ordinal)
                ? await scope.ServiceProvider.GetRequiredService<IDbContextFactory<PlacesContext>>().CreateDbContextAsync()
                : scope.ServiceProvider.GetRequiredService<PlacesContext>();
            Assert.True((await context.Places.OnReplica().FirstAsync()).IsOnReplica);
            Assert.False((await context.Places.AsNoTracking().FirstAsync()).IsOnReplica);
        }

        static void Use(IServiceProvider services, DbContextOptionsBuilder options) =>
            options.UseCluster(services, "places", (o, cluster) => o.UseNpgsql(cluster));
    }

    [Fact]
    public async Task UseCluster_GivenAView_GoesWhereThatGoes()
    {
        await using var auto = new PlacesContext(new DbContextOptionsBuilder<PlacesContext>().UseNpgsql(places.Cluster.Auto).UseCluster().Options);
        Assert.True((await auto.Places.OnReplica().FirstAsync()).IsOnReplica);
        await using var reads = new PlacesContext(new DbContextOptionsBuilder<PlacesContext>().UseNpgsql(places.Cluster.Reads).UseCluster().Options);
        Assert.True((await reads.Places.FirstAsync()).IsOnReplica);
    }

    [Fact]
    public async Task UseCluster_GivenAConnection_UsesIt()
    {
        await using var connection = places.Cluster.Auto.CreateConnection();
        await using var context = new PlacesContext(new DbContextOptionsBuilder<PlacesContext>().UseNpgsql(connection).UseCluster().Options);
        Assert.True((await context.Places.OnReplica().FirstAsync()).IsOnReplica);
        Assert.Same(connection, context.Database.GetDbConnection());
    }

    [Fact]
    public async Task OnReplica_OfAConnectionForWriting_IsRefused()
    {
        await using var connection = places.Cluster.CreateConnection();
        await using var context = new PlacesContext(new DbContextOptionsBuilder<PlacesContext>().UseNpgsql(connection).UseCluster().Options);
        Assert.False((await context.Places.FirstAsync()).IsOnReplica);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => context.Places.OnReplica().FirstAsync());
        Assert.Contains("its context was given a connection for writing", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UseCluster_BeforeTheProvider_IsRefused()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => new DbContextOptionsBuilder().UseCluster().UseNpgsql(places.Cluster));
        Assert.Contains("comes before it: options.UseNpgsql(cluster).UseCluster()", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UseCluster_OfAConnectionString_IsRefused()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => new DbContextOptionsBuilder().UseNpgsql(servers.Direct("places")).UseCluster());
        Assert.Contains("has a connection string", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseCluster_OfAnotherConnection_IsRefused()
    {
        await using var connection = new NpgsqlConnection(servers.Direct("places"));
        var refusal = Assert.Throws<InvalidOperationException>(() => new DbContextOptionsBuilder().UseNpgsql(connection).UseCluster());
        Assert.Contains("has a Npgsql.NpgsqlConnection", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseCluster_OfAnotherDataSource_IsRefusedWhenItIsUsed()
    {
        await using var source = NpgsqlDataSource.Create(servers.Direct("places"));
        await using var context = new PlacesContext(new DbContextOptionsBuilder<PlacesContext>().UseNpgsql(source).UseCluster().Options);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => context.Places.FirstAsync());
        Assert.Contains("PlacesContext was set up with UseCluster, and its provider opens a Npgsql.NpgsqlConnection", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseCluster_OfAnUnknownName_IsRefused()
    {
        await using var container = new ServiceCollection().BuildServiceProvider();
        var refusal = Assert.Throws<InvalidOperationException>(
            () => new DbContextOptionsBuilder().UseCluster(container, "nowhere", (o, cluster) => o.UseNpgsql(cluster)));
        Assert.Contains("There is no cluster 'nowhere'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strategy_ByDefault_RetriesAndSavesInTransactions()
    {
        await using var context = places.NewContext();
        Assert.True(context.Database.CreateExecutionStrategy().RetriesOnFailure);
        await SaveAsync(context);
        Assert.Equal(AutoTransactionBehavior.Always, context.Database.AutoTransactionBehavior);
    }

    [Fact]
    public async Task Strategy_SwitchedOff_RetriesNothing()
    {
        await using var context = places.NewContext(c => c.RetryOnFailure(false));
        Assert.False(context.Database.CreateExecutionStrategy().RetriesOnFailure);
        await SaveAsync(context);
        Assert.Equal(AutoTransactionBehavior.WhenNeeded, context.Database.AutoTransactionBehavior);
    }

    [Fact]
    public async Task Strategy_OfTheApplication_IsKept()
    {
        var options = new DbContextOptionsBuilder<PlacesContext>()
            .UseNpgsql(places.Cluster, n => n.ExecutionStrategy(d => new NonRetryingExecutionStrategy(d))).UseCluster().Options;
        await using var context = new PlacesContext(options);
        Assert.IsType<NonRetryingExecutionStrategy>(context.Database.CreateExecutionStrategy());
    }

    [Fact]
    public void UseCluster_Twice_IsWhatTheSecondSays()
    {
        var options = new DbContextOptionsBuilder<PlacesContext>().UseNpgsql(places.Cluster)
            .UseCluster(c => c.RouteNoTrackingQueriesToReplicas()).UseCluster(c => c.RetryOnFailure(false)).Options;
        using var context = new PlacesContext(options);
        Assert.False(context.Database.CreateExecutionStrategy().RetriesOnFailure);
        Assert.True(context.Places.AsNoTracking().First().IsOnReplica);
        Assert.Contains(
            "using a cluster, no-tracking queries on replicas, without retries",
            string.Concat(options.Extensions.Select(e => e.Info.LogFragment)), StringComparison.Ordinal);
    }

    private static async Task SaveAsync(PlacesContext context)
    {
        (await context.Counters.SingleAsync(c => c.Id == 1)).Value += 1;
        Assert.Equal(1, await context.SaveChangesAsync());
    }
}
