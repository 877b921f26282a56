using System.Data.Common;
using ClusterClient.Drivers;
using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>One node with everything that a call to it needs.</summary>
internal sealed class ClusterNode(int index, NodeEndpoint endpoint, NodeDriver driver)
{
    public int Index => index;

    public NodeEndpoint Endpoint => endpoint;

    public NodeDriver Driver => driver;

    public DbDataSource Source { get; } = driver.DataSource;

    public NodeState State { get; } = new();

    public OpenConnections Open { get; } = new();
}
