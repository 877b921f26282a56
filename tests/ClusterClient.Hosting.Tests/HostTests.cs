using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterClient.Topology;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static ClusterClient.Hosting.Tests.Registrations;

namespace ClusterClient.Hosting.Tests;

public sealed class HostTests(GroupFixture fixture) : IClassFixture<GroupFixture>
{
    [Fact]
    public async Task Start_SettingsFile_ReadsAndWritesWork()
    {
        var directory = Directory.CreateTempSubdirectory("clusterclient-hosting");
        try
        {
            var file = Path.Combine(directory.FullName, "appsettings.json");
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new JsonObject
            {
                ["Databases"] = new JsonObject
                {
                    ["Orders"] = new JsonObject
                    {
                        ["Nodes"] = new JsonArray([.. fixture.Group.Nodes.Select(n => new JsonObject { ["Endpoint"] = n.Endpoint, ["Region"] = "eu", ["Name"] = n.Name })]),
                        ["Location"] = new JsonObject { ["Region"] = "eu" },
                        ["ReadsMayUsePrimary"] = false,
                    },
                },
                ["ConnectionStrings"] = new JsonObject { ["orders"] = fixture.Group.ConnectionString },
            }));
            var builder = Host.CreateEmptyApplicationBuilder(new());
            builder.Configuration.AddJsonFile(file);
            builder.Services.AddMetrics();
            builder.Services.AddClusterDataSource("orders", builder.Configuration.GetSection(Section), c => c.UseNpgsql());
            builder.Services.AddClusterWarmUp("orders", o => o.Connections = 2);
            var lines = new LogLines();
            builder.Logging.AddProvider(lines);
            using var host = builder.Build();
            await host.StartAsync();
            Assert.Contains("with 4 connections", Assert.Single(lines.Of(64)), StringComparison.Ordinal);

            await using (var db = await host.Services.GetRequiredKeyedService<DbDataSource>("orders").OpenConnectionAsync())
            {
                await using var insert = db.CreateCommand();
                insert.CommandText = "insert into item values (1)";
                Assert.Equal(1, await insert.ExecuteNonQueryAsync());
            }

            await fixture.Group.WaitForReplicationAsync();
            await using (var db = host.Services.GetRequiredKeyedService<DbConnection>("orders:read"))
            {
                await db.OpenAsync();
                await using var count = db.CreateCommand();
                count.CommandText = "select count(*) || ' ' || pg_is_in_recovery() from item where id = 1";
                Assert.Equal("1 true", await count.ExecuteScalarAsync());
            }

            await host.StopAsync();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Renew_RulesAndLimits_HoldForViewsMadeBefore()
    {
        var configuration = GroupFixture.Configured(fixture.Group, ("Location:Region", "r0"), ("Policy", "Nearest"));
        await using var services = Orders(configuration);
        var cluster = services.GetRequiredService<ClusterDataSource>();
        await OnlineAsync(cluster);
        var view = cluster.Reads.ForRegion("r1");
        Assert.Equal("eu-2", await NodeAsync(view));

        Change(configuration, ("RestrictReads:Deny:0", "r1"));
        Assert.Equal("eu-3", await NodeAsync(view));

        Change(configuration, ("RestrictReads:Deny:1", "r2"));
        Assert.Equal("eu-1", await NodeAsync(view));

        Change(configuration, ("ReadsMayUsePrimary", "false"), ("FailoverTimeout", "00:00:00.100"));
        var refusal = await Assert.ThrowsAsync<ClusterClient.Routing.ClusterUnavailableException>(() => view.OpenConnectionAsync().AsTask());
        Assert.Contains("region", refusal.Message, StringComparison.Ordinal);

        Change(configuration, ("RestrictReads:Deny:0", null), ("RestrictReads:Deny:1", null), ("Policy", "RoundRobin"));
        Assert.Equal("eu-2", await NodeAsync(view));
        Assert.Contains("by RoundRobin", view.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renew_ReplicaLag_HoldsAtOnce()
    {
        var configuration = GroupFixture.Configured(fixture.Group, ("ReadsMayUsePrimary", "true"));
        await using var services = Orders(configuration);
        var cluster = services.GetRequiredService<ClusterDataSource>();
        await OnlineAsync(cluster);
        Assert.NotEqual("eu-1", await NodeAsync(cluster.Reads));
        foreach (var replica in fixture.Group.Nodes.Skip(1))
        {
            await replica.PauseReplayAsync();
        }

        try
        {
            await using (var db = await cluster.OpenConnectionAsync())
            await using (var insert = db.CreateCommand())
            {
                insert.CommandText = "insert into item values (2) on conflict do nothing; insert into item values (3) on conflict do nothing";
                await insert.ExecuteNonQueryAsync();
            }

            await Eventually.HasAsync(() => Task.FromResult(cluster.Topology), t => t.Nodes.Skip(1).All(n => n.Lag > TimeSpan.FromMilliseconds(50)));
            Assert.NotEqual("eu-1", await NodeAsync(cluster.Reads));
            Change(configuration, ("MaxReplicaLag", "00:00:00.010"));
            Assert.Equal("eu-1", await NodeAsync(cluster.Reads));
        }
        finally
        {
            foreach (var replica in fixture.Group.Nodes.Skip(1))
            {
                await replica.ResumeReplayAsync();
            }
        }
    }

    [Fact]
    public async Task Health_EveryNodeOnline_OpensNoConnection()
    {
        var configuration = GroupFixture.Configured(fixture.Group);
        await using var services = Services(configuration).AddLogging()
            .AddClusterDataSource("orders", configuration.GetSection(Section), c => c.UseNpgsql(b => b.ConnectionStringBuilder.ApplicationName = "health"))
            .AddHealthChecks().AddCluster("orders", tags: ["ready"]).Services.BuildServiceProvider();
        var checks = services.GetRequiredService<HealthCheckService>();
        // The first one starts monitoring, and waits for what it sees.
        var first = (await checks.CheckHealthAsync()).Entries["orders"];
        Assert.True(first.Status == HealthStatus.Healthy, first.Description);
        Assert.Equal("eu-1 is the primary in epoch 1; 2 replicas serve reads.", first.Description);
        Assert.Equal(["ready"], first.Tags);
        Assert.Equal(("Primary", "Online", 1L, "Closed", 0), (first.Data["eu-1/role"], first.Data["eu-1/status"], first.Data["eu-1/epoch"], first.Data["eu-1/circuit"], first.Data["eu-1/in_flight"]));
        Assert.True(first.Data["eu-2/lag_ms"] is double and >= 0 && first.Data["eu-2/round_trip_ms"] is double and > 0);
        Assert.All(first.Data.Values, v => Assert.True(v is string or double or long or int));
        var before = await SessionsAsync();
        for (var i = 0; i < 50; i++)
        {
            await checks.CheckHealthAsync();
        }

        Assert.Equal(before, await SessionsAsync());

        await services.GetRequiredService<ClusterDataSource>().IsolateAsync("eu-2");
        var isolated = (await checks.CheckHealthAsync()).Entries["orders"];
        Assert.Equal((HealthStatus.Degraded, "eu-1 is the primary in epoch 1; eu-2 is isolated by an operator."), (isolated.Status, isolated.Description));

        // Every one is the monitor's: it makes a new one only where one broke.
        async Task<string?> SessionsAsync() => await fixture.Group.Primary.ExecuteAsync("select string_agg(pid::text, ' ' order by pid) from pg_stat_activity where usename = 'app' and application_name = 'health'");
    }

    private static void Change(IConfigurationRoot configuration, params (string Key, string? Value)[] settings)
    {
        foreach (var (key, value) in settings)
        {
            configuration[$"{Section}:{key}"] = value;
        }

        configuration.Reload();
    }

    private static async Task<string?> NodeAsync(Data.ClusterDataSourceView view)
    {
        await using var db = await view.OpenConnectionAsync();
        return db.NodeName;
    }

    private static async Task OnlineAsync(ClusterDataSource cluster)
    {
        for (var topology = await cluster.WaitUntilReadyAsync(); topology.Nodes.Any(n => n.Status != NodeStatus.Online);)
        {
            topology = await topology.Next.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }
}
