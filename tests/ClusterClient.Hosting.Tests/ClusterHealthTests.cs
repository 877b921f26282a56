using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.DependencyInjection;
using ClusterClient.Health;
using ClusterClient.Routing;
using ClusterClient.Topology;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClusterClient.Hosting.Tests;

public sealed class ClusterHealthTests
{
    private static readonly Freshness Fresh = new(TimeSpan.FromSeconds(10));

    [Theory]
    [InlineData("P", HealthStatus.Healthy, "n1 is the primary in epoch 3; it has no replicas.")]
    [InlineData("P R", HealthStatus.Healthy, "n1 is the primary in epoch 3; a replica serves reads.")]
    [InlineData("P R R", HealthStatus.Healthy, "n1 is the primary in epoch 3; 2 replicas serve reads.")]
    [InlineData("P R:late R", HealthStatus.Degraded, "n1 is the primary in epoch 3; n2 is 12 s behind.")]
    [InlineData("P R:late", HealthStatus.Degraded, "n1 is the primary in epoch 3; no replica can serve reads; n2 is 12 s behind.")]
    [InlineData("P x", HealthStatus.Degraded, "n1 is the primary in epoch 3; no replica can serve reads; n2 is unreachable (it is gone).")]
    [InlineData("P R f", HealthStatus.Degraded, "n1 is the primary in epoch 3; n3 is fenced (it is gone).")]
    [InlineData("P R:open", HealthStatus.Degraded, "n1 is the primary in epoch 3; n2's circuit is open.")]
    [InlineData("P:half R", HealthStatus.Degraded, "n1 is the primary in epoch 3; n1's circuit is half-open.")]
    [InlineData("P R:isolated", HealthStatus.Degraded, "n1 is the primary in epoch 3; n2 is isolated by an operator.")]
    [InlineData("P:doubted R", HealthStatus.Degraded, "n1 is the primary in epoch 3; n1 is doubted, because a call met a fault there.")]
    [InlineData("R x", HealthStatus.Unhealthy, "There is no primary; n2 is unreachable (it is gone).")]
    [InlineData("u u", HealthStatus.Unhealthy, "There is no primary; n1 has not been seen yet; n2 has not been seen yet.")]
    [InlineData("c c R", HealthStatus.Unhealthy, "n1 and n2 both accept writes, which are refused until one remains.")]
    public void Judge_Nodes_SaysItInASentence(string nodes, HealthStatus status, string description)
    {
        var health = ClusterHealth.Judge(Nodes(nodes), Fresh, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
        Assert.Equal((status, description), (health.Status, health.Description));
    }

    [Fact]
    public void Judge_OldView_IsDegraded()
    {
        var health = ClusterHealth.Judge(Nodes("P R"), Fresh, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(6));
        Assert.Equal((HealthStatus.Degraded, "n1 is the primary in epoch 3; the view is 12 s old."), (health.Status, health.Description));
    }

    [Fact]
    public async Task AddCluster_FailureStatus_IsWhatIsReported()
    {
        await using var services = new ServiceCollection().AddLogging()
            .AddClusterDataSource("orders", c => c.UseNpgsql("Username=app").AddNode("127.0.0.1:1", "eu"))
            .AddHealthChecks().AddCluster("orders", HealthStatus.Degraded).Services.BuildServiceProvider();
        var entry = (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["orders"];
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.StartsWith("There is no primary; 127.0.0.1:1 is unreachable", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddCluster_NoSuchCluster_SaysWhatToAdd()
    {
        await using var services = new ServiceCollection().AddLogging().AddHealthChecks().AddCluster("orders").Services.BuildServiceProvider();
        var entry = (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["orders"];
        Assert.Equal("There is no cluster 'orders' to check; add it with AddClusterDataSource(\"orders\", …).", entry.Exception?.Message);
    }

    private static ImmutableArray<RouteAssessment> Nodes(string words) => [.. words.Split(' ').Select((word, i) => new RouteAssessment
    {
        Reason = "",
        Circuit = word.Split(':').Last() switch { "open" => CircuitStatus.Open, "half" => CircuitStatus.HalfOpen, "isolated" => CircuitStatus.Isolated, _ => CircuitStatus.Closed },
        Node = new()
        {
            Index = i,
            Endpoint = new($"n{i + 1}", 5432, "eu", name: $"n{i + 1}"),
            Epoch = 3,
            Role = word[0] switch { 'P' => NodeRole.Primary, 'R' => NodeRole.Replica, _ => NodeRole.Unknown },
            Status = word[0] switch { 'x' => NodeStatus.Unreachable, 'f' => NodeStatus.Fenced, 'c' => NodeStatus.Contested, 'u' => NodeStatus.Unseen, _ => NodeStatus.Online },
            IsDoubted = word.EndsWith("doubted", StringComparison.Ordinal),
            Lag = word.EndsWith("late", StringComparison.Ordinal) ? TimeSpan.FromSeconds(12) : TimeSpan.Zero,
            Reason = word[0] is 'x' or 'f' ? "it is gone" : null,
        },
    })];
}
