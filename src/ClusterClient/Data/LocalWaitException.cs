namespace ClusterClient.Data;

/// <summary>
/// A call's time ended while it waited for something of this process's own, not for the node: its turn to connect, or a connection of a
/// pool whose connections are all in use. Never leaves the library alone.
/// </summary>
internal sealed class LocalWaitException(string reason) : TimeoutException(reason)
{
    public static LocalWaitException AtTheGate(ClusterNode node) =>
        new($"its time ended while it waited for its turn to connect to {node.Endpoint.Name}, where {node.Connects.Connecting} connections are being made");

    public static LocalWaitException ForThePool(ClusterNode node) =>
        new($"its time ended while it waited for a connection of the pool of {node.Endpoint.Name}, which are all in use");

    /// <summary>Whether an open that begins now, or just has, waits for other callers of its node's pool.</summary>
    public static bool IsDue(ClusterNode node) => node.Driver.WillConnect == false && node.Driver.HasIdle == false;
}
