using ClusterClient.Topology;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static ClusterClient.Hosting.Tests.Registrations;

namespace ClusterClient.Hosting.Tests;

public sealed class FailoverTests
{
    [Fact]
    public async Task Health_PrimaryKilledAndReplicaPromoted_FollowsIt()
    {
        await using var group = await GroupFixture.StartAsync(3);
        var configuration = GroupFixture.Configured(group);
        await using var services = Services(configuration).AddLogging()
            .AddClusterDataSource("orders", configuration.GetSection(Section), c => c.UseNpgsql())
            .AddHealthChecks().AddCluster("orders").AddCheck("other", () => HealthCheckResult.Healthy()).Services.BuildServiceProvider();
        var checks = services.GetRequiredService<HealthCheckService>();
        await IsAsync(HealthStatus.Healthy, "eu-1 is the primary in epoch 1; 2 replicas serve reads.");

        await group["eu-3"].KillAsync();
        var degraded = await IsAsync(HealthStatus.Degraded, "eu-1 is the primary in epoch 1; eu-3 is unreachable");
        Assert.Equal("Unreachable", degraded.Data["eu-3/status"]);

        await group["eu-1"].KillAsync();
        await IsAsync(HealthStatus.Unhealthy, "There is no primary; eu-1 is unreachable");

        await group["eu-2"].PromoteAsync();
        await IsAsync(HealthStatus.Degraded, "eu-2 is the primary in epoch 2; no replica can serve reads; eu-1 is unreachable");

        // A node that was just lost may be doubted before it is called that.
        async Task<HealthReportEntry> IsAsync(HealthStatus status, string start) => await Eventually.HasAsync(
            async () => (await checks.CheckHealthAsync()).Entries["orders"],
            e => e.Status == status && e.Description!.StartsWith(start, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WarmUp_NoPrimaryYet_HostStartsWhenThereIsOne()
    {
        await using var group = await GroupFixture.StartAsync(2);
        await group.Primary.KillAsync();
        var configuration = GroupFixture.Configured(group);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddConfiguration(configuration);
        builder.Services.AddHostedService<Witness>();
        builder.Services.AddClusterDataSource("orders", builder.Configuration.GetSection(Section), c => c.UseNpgsql());
        builder.Services.AddClusterWarmUp("orders", o => o.Timeout = TimeSpan.FromMinutes(1));
        using var host = builder.Build();
        var starting = host.StartAsync();
        var cluster = host.Services.GetRequiredService<ClusterDataSource>();
        for (var topology = cluster.Topology; topology.Nodes.Any(n => n.Status == NodeStatus.Unseen);)
        {
            topology = await topology.Next.WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.False(starting.IsCompleted);
        Assert.Null(Witness(host).Saw);
        await group["eu-2"].PromoteAsync();
        await starting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("eu-2", Witness(host).Saw);
        await host.StopAsync();

        static Witness Witness(IHost host) => host.Services.GetServices<IHostedService>().OfType<Witness>().Single();
    }

    [Fact]
    public async Task WarmUp_NoPrimaryInTime_HostDoesNotStart()
    {
        var (host, _) = Unreachable(o => o.Timeout = TimeSpan.FromMilliseconds(300));
        using var started = host;
        var error = await Assert.ThrowsAsync<TimeoutException>(() => host.StartAsync());
        Assert.StartsWith("orders had no primary within 0.3 s of the start. Give AddClusterWarmUp a longer Timeout, or set its FailStartup to false", error.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WarmUp_NoPrimaryAndMayGoOn_HostStarts()
    {
        var (host, lines) = Unreachable(o => (o.Timeout, o.FailStartup) = (TimeSpan.FromMilliseconds(300), false));
        using var started = host;
        await host.StartAsync();
        Assert.Single(lines.Of(65));
        await host.StopAsync();
    }

    [Fact]
    public async Task WarmUp_StartIsCancelled_EndsAtOnce()
    {
        var (host, _) = Unreachable(o => (o.Timeout, o.FailStartup) = (TimeSpan.FromMinutes(5), false));
        using var started = host;
        using var cancel = new CancellationTokenSource();
        var starting = host.StartAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task WarmUp_WrongSettings_SaysSoAtTheStart()
    {
        var (host, _) = Unreachable(o => (o.Timeout, o.Connections) = (TimeSpan.Zero, -1));
        using var started = host;
        var error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => host.StartAsync());
        Assert.Equal(2, error.Failures.Count());
    }

    /// <summary>Port 1 has nobody.</summary>
    private static (IHost Host, LogLines Lines) Unreachable(Action<ClusterClient.Configuration.ClusterWarmUpOptions> configure)
    {
        var lines = new LogLines();
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.AddProvider(lines);
        builder.Services.AddClusterDataSource("orders", c => c.UseNpgsql("Username=app").AddNode("127.0.0.1:1", "eu"));
        builder.Services.AddClusterWarmUp("orders", configure);
        return (builder.Build(), lines);
    }

    /// <summary>A service of the application's, registered before the warm-up, and started after it all the same.</summary>
    private sealed class Witness(ClusterDataSource cluster) : IHostedService
    {
        public string? Saw { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Saw = cluster.Topology.Primary?.Endpoint.Name;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
