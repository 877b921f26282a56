using System.Collections.Frozen;
using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.History.Workload;

/// <summary>Ways to each server past the library and its proxy. Thread-safe.</summary>
internal sealed class DirectNodes(LocalPostgres servers) : IAsyncDisposable
{
    private readonly FrozenDictionary<string, NpgsqlDataSource> _nodes = servers.Nodes.ToFrozenDictionary(
        n => n.Name,
        n => NpgsqlDataSource.Create(
            $"{servers.ConnectionString};Host={n.Host};Port={n.DirectPort};Timeout=5;Command Timeout=5;Application Name=history"));

    public NpgsqlDataSource this[string node] => _nodes[node];

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _nodes.Values)
        {
            await source.DisposeAsync();
        }
    }
}
