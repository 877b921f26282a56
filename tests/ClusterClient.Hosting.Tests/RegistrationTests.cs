using System.Data.Common;
using ClusterClient.Configuration;
using ClusterClient.Data;
using ClusterClient.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using static ClusterClient.Hosting.Tests.Registrations;

namespace ClusterClient.Hosting.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public async Task AddClusterDataSource_Section_EverythingIsResolvedByKey()
    {
        await using var services = Orders(Configured(Valid));
        var cluster = services.GetRequiredKeyedService<ClusterDataSource>("orders");
        Assert.Equal(("orders", 2), (cluster.Name, cluster.Topology.Nodes.Length));
        Assert.Same(cluster, services.GetRequiredKeyedService<DbDataSource>("orders"));
        Assert.Same(cluster.Reads, services.GetRequiredKeyedService<ClusterDataSourceView>("orders:read"));
        Assert.Same(cluster.Reads, services.GetRequiredKeyedService<DbDataSource>("orders:read"));
        Assert.Same(cluster.Writes, services.GetRequiredKeyedService<ClusterDataSourceView>("orders:write"));
        Assert.Same(cluster.Writes, services.GetRequiredKeyedService<DbDataSource>("orders:write"));
        foreach (var key in new[] { "orders", "orders:read", "orders:write" })
        {
            Assert.IsType<ClusterConnection>(services.GetRequiredKeyedService<ClusterConnection>(key), exactMatch: false);
            Assert.NotSame(services.GetRequiredKeyedService<DbConnection>(key), services.GetRequiredKeyedService<DbConnection>(key));
        }
    }

    [Fact]
    public async Task AddClusterDataSource_Several_TheFirstIsResolvedWithoutAKey()
    {
        var configuration = Configured(Valid);
        await using var services = new ServiceCollection()
            .AddClusterDataSource("orders", configuration.GetSection(Section), c => c.UseNpgsql())
            .AddClusterDataSource("users", c => c.UseNpgsql("Username=app").AddNode("eu-1.invalid", "eu"))
            .BuildServiceProvider();
        Assert.Same(services.GetRequiredKeyedService<ClusterDataSource>("orders"), services.GetRequiredService<ClusterDataSource>());
        Assert.Same(services.GetRequiredService<ClusterDataSource>(), services.GetRequiredService<DbDataSource>());
        Assert.Equal("users", services.GetRequiredKeyedService<ClusterDataSource>("users").Name);
        Assert.IsType<ClusterConnection>(services.GetRequiredService<DbConnection>(), exactMatch: false);
        Assert.NotSame(services.GetRequiredService<ClusterConnection>(), services.GetRequiredService<ClusterConnection>());
        Assert.Null(services.GetService<ClusterDataSourceView>());
    }

    /// <summary>An application's own data source stays what is asked for without a key.</summary>
    [Fact]
    public async Task AddClusterDataSource_OtherDataSourceThere_IsLeftAlone()
    {
        await using var own = NpgsqlDataSource.Create("Host=eu-1.invalid");
        await using var services = new ServiceCollection().AddSingleton<DbDataSource>(own)
            .AddClusterDataSource("orders", c => c.UseNpgsql("Username=app").AddNode("eu-1.invalid", "eu")).BuildServiceProvider();
        Assert.Same(own, services.GetRequiredService<DbDataSource>());
        Assert.Same(services.GetRequiredKeyedService<DbDataSource>("orders"), services.GetRequiredService<ClusterDataSource>());
    }

    [Fact]
    public void AddClusterDataSource_SameNameTwice_SaysSo()
    {
        var services = new ServiceCollection().AddClusterDataSource("orders", c => c.UseNpgsql(""));
        var error = Assert.Throws<InvalidOperationException>(() => services.AddClusterDataSource("orders", c => c.UseNpgsql("")));
        Assert.Equal("A cluster 'orders' was added already; add it once, or give each a name of its own.", error.Message);
        Assert.Throws<ArgumentException>(() => services.AddClusterDataSource("orders:read", c => c.UseNpgsql("")));
    }

    [Fact]
    public async Task AddClusterDataSource_Options_AreWhatCodeSays()
    {
        await using var services = new ServiceCollection().AddClusterDataSource(
            "orders",
            o =>
            {
                o.ConnectionString = "Username=app";
                o.Nodes.Add(new() { Endpoint = "eu-1.invalid", Region = "eu", Name = "first" });
            },
            (sp, c) => c.UseNpgsql()).BuildServiceProvider();
        Assert.Equal("first", services.GetRequiredService<ClusterDataSource>().Topology.Nodes.Single().Endpoint.Name);
    }

    [Fact]
    public async Task AddClusterDataSource_ConnectionStringOfItsName_IsTaken()
    {
        var configuration = Configured(Valid[1..]);
        configuration["ConnectionStrings:orders"] = "Username=shared;Database=app";
        await using var services = Orders(configuration);
        Assert.Contains("Username=shared", services.GetRequiredService<ClusterDataSource>().ConnectionString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null, "There is no connection string; set ConnectionString in the cluster's section")]
    [InlineData("Username=a", "Username=b", null, "Databases:Orders:ConnectionString is set, and so is ConnectionStrings:orders; leave one of them out.")]
    [InlineData("Username=a", null, "Username=c", "Databases:Orders:ConnectionString: A connection string is configured, and code gives the driver its own")]
    [InlineData(null, "Username=b", "Username=c", "Databases:Orders:ConnectionString: A connection string is configured, and code gives the driver its own")]
    public async Task AddClusterDataSource_ConnectionStrings_OneIsWanted(string? inSection, string? shared, string? inCode, string error)
    {
        var configuration = Configured([.. Valid[1..], .. inSection is null ? Array.Empty<(string, string?)>() : [("ConnectionString", inSection)]]);
        configuration["ConnectionStrings:orders"] = shared;
        await using var services = Orders(configuration, c => _ = inCode is null ? c.UseNpgsql() : c.UseNpgsql(inCode));
        var failure = Assert.Single(Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<ClusterDataSource>()).Failures);
        Assert.Contains(error, failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddClusterDataSource_Container_GivesClockAndMeters()
    {
        var configuration = Configured(Valid);
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch);
        TimeProvider? given = null;
        await using var services = Services(configuration).AddSingleton<TimeProvider>(clock).AddMetrics().AddLogging()
            .AddClusterDataSource("orders", configuration.GetSection(Section), (sp, c) => given = sp.GetRequiredService<TimeProvider>() is var t ? With(c, t) : null)
            .BuildServiceProvider();
        _ = services.GetRequiredService<ClusterDataSource>();
        Assert.Same(clock, given);

        static TimeProvider With(ClusterDataSourceBuilder builder, TimeProvider time)
        {
            builder.UseNpgsql();
            return time;
        }
    }

    [Fact]
    public void Dispose_Container_DisposesOfTheDataSource()
    {
        ClusterDataSource cluster;
        using (var services = Orders(Configured(Valid)))
        {
            cluster = services.GetRequiredService<ClusterDataSource>();
            _ = services.GetRequiredKeyedService<DbDataSource>("orders:read");
        }

        Assert.Throws<ObjectDisposedException>(() => cluster.OpenConnection());
    }

    [Fact]
    public async Task DisposeAsync_Container_DisposesOfTheDataSource()
    {
        var services = Orders(Configured(Valid));
        var cluster = services.GetRequiredService<ClusterDataSource>();
        await services.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => cluster.OpenConnectionAsync().AsTask());
    }

    [Fact]
    public async Task Start_Host_ValidatesBeforeAnybodyAsks()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>($"{Section}:FailoverTimeout", "soon")]);
        builder.Services.AddClusterDataSource("orders", builder.Configuration.GetSection(Section), c => c.UseNpgsql(""));
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(error.Failures, f => f.StartsWith("Databases:Orders:FailoverTimeout is 'soon'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Options_OfTheName_AreReadable()
    {
        await using var services = Orders(Configured([.. Valid, ("Retry:MaxRetries", "7"), ("HangDetection", "fast")]));
        var options = services.GetRequiredService<IOptionsMonitor<ClusterDataSourceOptions>>().Get("orders");
        Assert.Equal((7, HangDetection.Fast, 2), (options.Retry.MaxRetries, options.HangDetection, options.Nodes.Count));
        Assert.Equal(RouteIntent.Read, services.GetRequiredKeyedService<ClusterDataSourceView>("orders:read").Intent);
    }
}
