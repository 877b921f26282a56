using ClusterClient.Data;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>Numbers that no span of a single call goes with, on real servers; the others are held beside their spans.</summary>
[Collection(SharedServers.Name)]
public sealed class MetricTests(SharedServers servers)
{
    [Fact]
    public async Task Nodes_InUse_AreMeasured()
    {
        await using var w = await Watched.StartAsync(shared: servers.Group);
        await w.WriteAsync();
        await w.ReadAsync();
        foreach (var node in new[] { "eu-1", "eu-2", "eu-3" })
        {
            await w.Telemetry.ValueAsync("clusterclient.node.round_trip", p => p["clusterclient.node"] == node && p.Value is > 0 and < 1);
            await w.Telemetry.ValueAsync("clusterclient.circuit.state", p => p["clusterclient.node"] == node && p.Value == 0);
            await w.Telemetry.ValueAsync("clusterclient.node.ejected", p => p["clusterclient.node"] == node && p.Value == 0);
        }

        await w.Telemetry.ValueAsync("clusterclient.node.service_time", p => p["clusterclient.node"] == "eu-1" && p.Value is > 0 and < 10);
        await w.Telemetry.ValueAsync("clusterclient.node.lag", p => p["clusterclient.node"] == "eu-2" && p.Value >= 0);
        Assert.DoesNotContain(w.Telemetry.Points("clusterclient.node.lag"), p => p["clusterclient.node"] == "eu-1");
        await w.Telemetry.ValueAsync("clusterclient.route.decisions", p => p["clusterclient.reason"] == "replica");
        await using var db = await w.Orders.OpenConnectionAsync();
        await w.Telemetry.ValueAsync("clusterclient.connections.open", p => (p["clusterclient.node"], p.Value) == ("eu-1", 1));
    }

    [Fact]
    public async Task Conventions_Npgsql_AreThoseThatItLacks()
    {
        await using var w = await Watched.StartAsync(shared: servers.Group);
        await w.WriteAsync();
        Assert.Equal(1, Assert.Single(w.Telemetry.OfPool("db.client.connection.wait_time", $"{w.Name}/eu-1")).Value);
        foreach (var npgsqls in new[] { "db.client.operation.duration", "db.client.connection.count", "db.client.connection.max" })
        {
            Assert.DoesNotContain(npgsqls, w.Telemetry.Instruments());
        }
    }

    [Fact]
    public async Task Circuit_IsolatedAndReset_IsMeasured()
    {
        await using var w = await Watched.StartAsync(shared: servers.Group);
        await w.Orders.IsolateAsync("eu-2");
        await w.Telemetry.ValueAsync("clusterclient.circuit.state", p => (p["clusterclient.node"], p.Value) == ("eu-2", 3));
        await w.Orders.ResetAsync("eu-2");
        await w.Telemetry.ValueAsync("clusterclient.circuit.state", p => (p["clusterclient.node"], p.Value) == ("eu-2", 0));
        await w.Telemetry.ValueAsync("clusterclient.circuit.changes", p => (p["clusterclient.node"], p["clusterclient.state"], p.Value) == ("eu-2", "isolated", 1));
        await w.Telemetry.ValueAsync("clusterclient.circuit.changes", p => (p["clusterclient.node"], p["clusterclient.state"], p.Value) == ("eu-2", "closed", 1));
    }

    [Fact]
    public async Task Refusals_RegionAndOverload_AreToldApart()
    {
        await using var w = await Watched.StartAsync(
            b => b.RestrictWrites(RegionRule.Deny("eu")).Configure(o => (o.Policy, o.Limits) =
                (RoutingPolicyNames.RoundRobin, new() { Floor = 1, Initial = 1, Ceiling = 1, MaxQueueTime = TimeSpan.FromMilliseconds(50) })),
            servers.Group);
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => w.WriteAsync());
        await w.Telemetry.ValueAsync("clusterclient.route.refusals", p => (p["clusterclient.intent"], p["clusterclient.reason"], p.Value) == ("write", "region", 1));

        var holding = w.ReadAsync("SELECT pg_sleep(2)");
        await Eventually.TrueAsync(() => w.Telemetry.Points("clusterclient.calls.in_flight").Any(p => p.Value == 1), () => "Nothing is in flight.");
        for (var i = 0; i < 4; i++)
        {
            await w.ReadAsync();
        }

        await w.Telemetry.ValueAsync("clusterclient.route.decisions", p => p["clusterclient.reason"] == "busy");
        await holding;
        var busy = Enumerable.Range(0, 6).Select(_ => w.ReadAsync("SELECT pg_sleep(2)")).ToList();
        await Assert.ThrowsAsync<ClusterOverloadedException>(() => Task.WhenAll(busy));
        await w.Telemetry.ValueAsync("clusterclient.route.refusals", p => (p["clusterclient.intent"], p["clusterclient.reason"]) == ("read", "overloaded"));
        await w.Telemetry.ValueAsync("clusterclient.queue.wait", p => p["clusterclient.outcome"] == "too_late");
    }

    [Fact]
    public async Task Fencing_HungPrimarySucceeded_IsMeasured()
    {
        await using var w = await Watched.StartAsync();
        var db = await w.Orders.OpenConnectionAsync();
        await using var again = db;
        w.Servers["eu-1"].Hang();
        await w.UntilAsync(t => t.Nodes[0].Status == NodeStatus.Silent);
        await w.Telemetry.ValueAsync("clusterclient.connections.ended", p => (p["clusterclient.node"], p.Value) == ("eu-1", 1));
        await w.Servers["eu-2"].PromoteAsync();
        await w.UntilAsync(t => t.Primary?.Endpoint.Name == "eu-2");
        w.Servers["eu-1"].Resume();
        await w.UntilAsync(t => t.Nodes[0].Status == NodeStatus.Fenced);
        await w.Telemetry.ValueAsync("clusterclient.fencings", p => (p["clusterclient.node"], p.Value) == ("eu-1", 1));
        await w.Telemetry.ValueAsync("clusterclient.node.status", p => (p["clusterclient.node"], p["clusterclient.status"]) == ("eu-1", "fenced"));
    }

    [Fact]
    public async Task Gauges_DataSourceDisposed_AreGone()
    {
        var w = await Watched.StartAsync(shared: servers.Group);
        Assert.NotEmpty(w.Telemetry.Points("clusterclient.epoch"));
        await w.Orders.DisposeAsync();
        Assert.Empty(w.Telemetry.Points("clusterclient.epoch"));
        await w.DisposeAsync();
    }
}
