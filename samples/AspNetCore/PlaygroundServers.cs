using ClusterClient.Testing;

namespace AspNetCore;

/// <summary>A small replication group on this machine, and addresses that break it.</summary>
internal sealed class PlaygroundServers : IAsyncDisposable
{
    private readonly LocalPostgres _group;

    private PlaygroundServers(LocalPostgres group) => _group = group;

    public static async Task<PlaygroundServers> StartAsync() => new(await LocalPostgres.StartAsync(g => g.Region("eu", 2).Region("us", 1)));

    /// <summary>The nodes as a configuration names them.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Nodes(string section) => _group.Nodes.SelectMany((node, i) => new KeyValuePair<string, string?>[]
    {
        new($"{section}:Nodes:{i}:Endpoint", node.Endpoint),
        new($"{section}:Nodes:{i}:Region", node.Region),
        new($"{section}:Nodes:{i}:Name", node.Name),
    });

    public void MapFaults(WebApplication app)
    {
        app.MapPost("/servers/{node}/kill", (string node) => _group[node].KillAsync());
        app.MapPost("/servers/{node}/promote", (string node) => PromoteAsync(_group[node]));
        app.MapPost("/servers/{node}/rejoin", (string node) => _group[node].RejoinAsync(_group.Primary));
    }

    private async Task PromoteAsync(PostgresNode successor)
    {
        var dead = _group.Primary;
        await successor.PromoteAsync();
        await Task.WhenAll(_group.Nodes.Where(node => node != successor && node != dead).Select(node => node.FollowAsync(successor)));
    }

    public ValueTask DisposeAsync() => _group.DisposeAsync();
}
