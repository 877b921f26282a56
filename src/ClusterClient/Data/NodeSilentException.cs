using System.Data.Common;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>
/// A call was given up because its node stopped answering and the driver gives no way to end the call itself. Whether the server
/// carried it out, or still will, is not known. The connection is closed; open a new one.
/// </summary>
public sealed class NodeSilentException : DbException
{
    internal NodeSilentException(NodeDescription node)
        : base($"{node.Endpoint.Name} stopped answering: {node.Reason ?? "silent"}. This call was given up, and what became of it on the server is unknown.")
    {
        Node = node;
    }

    /// <summary>The node, as it was seen when the call was given up.</summary>
    public NodeDescription Node { get; }

    /// <summary>Always true: another node, or the same one later, may answer.</summary>
    public override bool IsTransient => true;
}
