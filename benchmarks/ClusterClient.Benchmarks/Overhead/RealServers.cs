using ClusterClient.Npgsql;
using ClusterClient.Testing;
using ClusterClient.Topology;
using Npgsql;

namespace ClusterClient.Benchmarks.Overhead;

/// <summary>Data sources for one real group: raw and through the cluster, past the fault proxies, to the very same servers.</summary>
internal sealed class RealServers(LocalPostgres group)
{
    public Task<Entrant> Primary() => Raw(group.Primary);

    public Task<Entrant> Replica() => Raw(group["eu-2"]);

    public async Task<Entrant> Cluster() => new(await StartAsync());

    public async Task<Entrant> Reads()
    {
        var source = await StartAsync();
        return new(source.Reads, source);
    }

    private Task<Entrant> Raw(PostgresNode node) => Task.FromResult(
        new Entrant(NpgsqlDataSource.Create($"{group.ConnectionString};Host={node.Host};Port={node.DirectPort}")));

    private async Task<ClusterDataSource> StartAsync()
    {
        var builder = new ClusterDataSourceBuilder("overhead").UseNpgsql(group.ConnectionString).LocatedIn("eu");
        foreach (var node in group.Nodes)
        {
            builder.AddNode($"{node.Host}:{node.DirectPort}", node.Region, name: node.Name);
        }

        var source = builder.Build();
        for (var topology = await source.WaitUntilReadyAsync(); topology.Nodes.Any(n => n.Role == NodeRole.Unknown);)
        {
            topology = await topology.Next;
        }

        return source;
    }
}
