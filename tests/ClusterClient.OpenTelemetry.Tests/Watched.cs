using System.Data.Common;
using ClusterClient.Testing;
using ClusterClient.Topology;

namespace ClusterClient.OpenTelemetry.Tests;

/// <summary>A group of real servers with a data source over it, and what that tells.</summary>
internal sealed class Watched : IAsyncDisposable
{
    private Watched(LocalPostgres servers, bool isShared)
    {
        (Servers, IsShared) = (servers, isShared);
        Telemetry = new(Name);
    }

    public LocalPostgres Servers { get; }

    public ClusterDataSource Orders { get; private set; } = null!;

    public Telemetry Telemetry { get; }

    public string Name { get; } = $"orders {Guid.NewGuid():N}";

    private bool IsShared { get; }

    /// <summary>Servers of a test's own, or of all tests that leave them as they are.</summary>
    public static async Task<Watched> StartAsync(
        Action<ClusterDataSourceBuilder>? configure = null, LocalPostgres? shared = null, string settings = "", int nodes = 3)
    {
        var servers = shared ?? await LocalPostgres.StartAsync(SharedServers.Settings(nodes));
        var watched = new Watched(servers, shared is not null);
        var builder = new ClusterDataSourceBuilder(watched.Name).UseNpgsql($"{servers.ConnectionString};{settings}").LocatedIn("eu");
        foreach (var node in servers.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        configure?.Invoke(builder);
        watched.Orders = builder.Build();
        await watched.Orders.WaitUntilReadyAsync();
        await watched.UntilAsync(t => t.Nodes.All(n => n.Status == NodeStatus.Online));
        return watched;
    }

    public async Task UntilAsync(Func<ClusterTopology, bool> holds)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await foreach (var topology in Orders.WatchTopologyAsync(patience.Token))
        {
            if (holds(topology))
            {
                return;
            }
        }
    }

    public async Task<string> WriteAsync(string text = "INSERT INTO t VALUES (1, 'x')")
    {
        await using var db = await Orders.OpenConnectionAsync();
        await RunAsync(db, text);
        return db.NodeName!;
    }

    public async Task<string> ReadAsync(string text = "SELECT count(*) FROM t")
    {
        await using var db = await Orders.Reads.OpenConnectionAsync();
        await RunAsync(db, text);
        return db.NodeName!;
    }

    public static async Task RunAsync(DbConnection db, string text)
    {
        await using var command = db.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Orders.DisposeAsync();
        Telemetry.Dispose();
        if (!IsShared)
        {
            await Servers.DisposeAsync();
        }
    }
}
