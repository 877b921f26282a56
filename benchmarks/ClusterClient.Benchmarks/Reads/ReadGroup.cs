using ClusterClient.Npgsql;
using ClusterClient.Resilience;
using ClusterClient.Testing;
using ClusterClient.Topology;

namespace ClusterClient.Benchmarks.Reads;

/// <summary>A primary and three replicas behind their proxies, and what is done to the last of them.</summary>
internal sealed class ReadGroup(LocalPostgres servers) : IAsyncDisposable
{
    public const int Replicas = 3;

    private const string Region = "eu";

    public static Task<ReadGroup> StartAsync() => StartAsync([ReadLoop.Table]);

    /// <summary>With these tables, all alike.</summary>
    public static async Task<ReadGroup> StartAsync(IEnumerable<string> tables) => new(await LocalPostgres.StartAsync(b => b
        .Region(Region, Replicas + 1)
        .Sql(string.Join("; ", tables.Select(t => $"create table {t} as select i as id, md5(i::text) as text from generate_series(1, 10000) as i")))));

    public IReadOnlyList<PostgresNode> Nodes => servers.Nodes;

    public PostgresNode Slow => servers.Nodes[^1];

    public Task<string?> VersionAsync() => servers.Primary.ExecuteAsync("show server_version");

    /// <summary>A data source with this policy that has looked at every node.</summary>
    public async Task<ClusterDataSource> ConnectAsync(string policy, HedgingPolicy? hedging = null)
    {
        var builder = new ClusterDataSourceBuilder(policy)
            .UseNpgsql(servers.ConnectionString)
            .LocatedIn(Region)
            .Configure(o => (o.Policy, o.Hedging) = (policy, hedging ?? HedgingPolicy.OnRequest));
        foreach (var node in servers.Nodes)
        {
            builder.AddNode(node.Endpoint, node.Region, name: node.Name);
        }

        var source = builder.Build();
        for (var topology = await source.WaitUntilReadyAsync(); topology.Nodes.Any(n => n.Role == NodeRole.Unknown);)
        {
            topology = await topology.Next;
        }

        return source;
    }

    public void SlowDown() => Slow.Proxy.Latency = ReadsSettings.Delay;

    public void Heal() => Slow.Proxy.Latency = TimeSpan.Zero;

    /// <summary>Stops the server where it stands, and lets it go on.</summary>
    public async Task FreezeAsync()
    {
        Slow.Hang();
        await Task.Delay(ReadsSettings.Freeze);
        Slow.Resume();
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();
}
