using ClusterClient.Topology;
using Microsoft.EntityFrameworkCore;

namespace ClusterClient.EntityFrameworkCore.Tests.Routing;

/// <summary>The database of the tests of routing, and a cluster over it.</summary>
public sealed class Places(Servers servers) : IAsyncLifetime
{
    private readonly string _name = $"places_{Guid.NewGuid():N}";

    public ClusterDataSource Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await servers.Primary.ExecuteAsync($"create database {_name} owner app");
        await servers.Primary.ExecuteAsync(PlacesContext.Schema, _name);
        await servers.Group.WaitForReplicationAsync();
        Cluster = servers.NewCluster(_name);
        await Cluster.WaitUntilReadyAsync();
        await Until.TrueAsync(() => Task.FromResult(Cluster.Topology.Nodes.All(n => n.Status == NodeStatus.Online)));
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    public PlacesContext NewContext(Action<ClusterDbContextOptionsBuilder>? configure = null, Action<DbContextOptionsBuilder>? more = null) =>
        new(NewOptions(configure, more));

    public DbContextOptions<PlacesContext> NewOptions(Action<ClusterDbContextOptionsBuilder>? configure = null, Action<DbContextOptionsBuilder>? more = null)
    {
        var options = new DbContextOptionsBuilder<PlacesContext>().UseNpgsql(Cluster).UseCluster(configure);
        more?.Invoke(options);
        return options.Options;
    }
}
