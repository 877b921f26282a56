using System.Data.Common;
using ClusterClient.Drivers;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>One node with everything that a call to it needs.</summary>
internal sealed class ClusterNode(
    int index, NodeEndpoint endpoint, NodeDriver driver, PeerState peers, ConcurrencyLimits limits, Random jitter)
{
    public int Index => index;

    public NodeEndpoint Endpoint => endpoint;

    public NodeDriver Driver => driver;

    public DbDataSource Source { get; } = driver.DataSource;

    /// <summary>Whether <see cref="End"/> can; if not, calls on a silent node are abandoned instead.</summary>
    public bool CanEnd { get; } = driver.CanAbort;

    public NodeState State { get; } = new(peers, limits);

    public ConnectGate Connects { get; } = new(jitter);

    public OpenConnections Open { get; } = new();

    /// <summary>Sends all that wait for their turn here to look again.</summary>
    public void SendAway()
    {
        State.Release();
        Connects.Release();
    }

    /// <summary>Releases every call that this process has in flight at the node.</summary>
    /// <returns>How many connections or calls that were.</returns>
    public int Release(NodeDescription silent) => CanEnd
        ? Open.Snapshot().Count(driver.TryAbort)
        : Open.Calls().Count(abandon => abandon(new NodeSilentException(silent)));

    /// <summary>Ends a connection under whoever uses it. True when the driver could.</summary>
    public bool End(DbConnection native)
    {
        var ended = driver.TryAbort(native);
        // Afterwards, because a pool does not look at what it is given back: one that was returned in this very moment, or will be,
        // must not be handed out again.
        driver.ClearPool();
        return ended;
    }
}
