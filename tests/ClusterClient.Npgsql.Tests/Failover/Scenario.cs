using System.Collections.Concurrent;
using ClusterClient.Data;
using ClusterClient.Testing;
using ClusterClient.Topology;

namespace ClusterClient.Npgsql.Tests.Failover;

/// <summary>A group of real servers with a data source over them, and the events that it told.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    /// <summary>Longer than anything here takes on the busiest machine; a wait that ends by it has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private Scenario(LocalPostgres servers) => Servers = servers;

    public LocalPostgres Servers { get; }

    public ClusterDataSource Orders { get; private set; } = null!;

    public ConcurrentQueue<TopologyEvent> Events { get; } = [];

    public static async Task<Scenario> StartAsync(
        Action<ClusterDataSourceBuilder>? configure = null, int eu = 3, int us = 0, string? connectionString = null,
        Func<LocalPostgres, Task>? before = null, Func<string, NpgsqlDriver>? driver = null, string name = "orders")
    {
        var servers = await LocalPostgres.StartAsync(g =>
        {
            g.Region("eu", eu).Sql("CREATE TABLE t (id int, note text)");
            if (us > 0)
            {
                g.Region("us", us);
            }
        });
        if (before is not null)
        {
            await before(servers);
        }

        var scenario = new Scenario(servers);
        var builder = new ClusterDataSourceBuilder(name)
            .UseNpgsql(connectionString ?? servers.ConnectionString)
            .LocatedIn("eu")
            // Over loopback no region is farther than another, and a late first answer would be reason enough to leave one.
            .Configure(o => o.RegionCost = TimeSpan.FromSeconds(10))
            .OnEvent(scenario.Events.Enqueue);
        foreach (var node in servers.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        if (driver is not null)
        {
            builder.UseDriver(() => driver(servers.ConnectionString));
        }

        configure?.Invoke(builder);
        scenario.Orders = builder.Build();
        await scenario.Orders.WaitUntilReadyAsync();
        return scenario;
    }

    public NodeDescription Node(string name) => Orders.Topology.Nodes.Single(n => n.Endpoint.Name == name);

    /// <summary>Waits, without polling, until a snapshot shows it.</summary>
    public async Task<ClusterTopology> UntilAsync(Func<ClusterTopology, bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await foreach (var topology in Orders.WatchTopologyAsync(patience.Token))
            {
                if (holds(topology))
                {
                    return topology;
                }
            }
        }
        catch (OperationCanceledException)
        {
        }

        throw new TimeoutException(
            $"It did not come about. {Orders.Explain(ClusterClient.Routing.RouteIntent.Read)}\n"
            + string.Join('\n', Events.Select(e => e.Message)));
    }

    public Task UntilOnlineAsync() => UntilAsync(t => t.Primary is not null && t.Nodes.All(n => n.Status == NodeStatus.Online));

    public Task UntilAsync(string node, NodeStatus status) =>
        UntilAsync(t => t.Nodes.Single(n => n.Endpoint.Name == node).Status == status);

    public async Task UntilEventAsync(TopologyEventKind kind, string? node = null)
    {
        await Eventually.TrueAsync(() => Events.Any(e => e.Kind == kind && (node is null || e.Node?.Endpoint.Name == node)), Patience);
    }

    /// <summary>Promotes and re-points the others that run, as an operator would.</summary>
    public async Task PromoteAsync(string name, params string[] followers)
    {
        await Servers[name].PromoteAsync();
        foreach (var follower in followers)
        {
            await Servers[follower].FollowAsync(Servers[name]);
        }
    }

    public async Task<string> WriteAsync(int id)
    {
        await using var db = await Orders.OpenConnectionAsync();
        await InsertAsync(db, id);
        return db.NodeName!;
    }

    public static async Task InsertAsync(ClusterConnection db, int id)
    {
        await using var insert = db.CreateCommand();
        insert.CommandText = $"INSERT INTO t VALUES ({id}, 'x')";
        await insert.ExecuteNonQueryAsync();
    }

    public async Task<string> ReadAsync()
    {
        await using var db = await Orders.Reads.OpenConnectionAsync();
        await using var count = db.CreateCommand();
        count.CommandText = "SELECT count(*) FROM t";
        await count.ExecuteScalarAsync();
        return db.NodeName!;
    }

    /// <summary>How often the row stands on that server, asked past the library.</summary>
    public async Task<string?> CountOnAsync(string node, int id) =>
        await Servers[node].ExecuteAsync($"SELECT count(*) FROM t WHERE id = {id}");

    /// <summary>Waits until the server runs a statement of the application's that contains this.</summary>
    public Task UntilRunningAsync(string node, string statement) => Eventually.TrueAsync(
        async () => await Servers[node].ExecuteAsync(
            $"SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND state = 'active' AND query LIKE '%{statement}%'") == "1",
        Patience);

    public async ValueTask DisposeAsync()
    {
        await Orders.DisposeAsync();
        await Servers.DisposeAsync();
    }
}
