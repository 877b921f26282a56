using System.Data.Common;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>
/// A command or commit was not sent, because the node that its connection is bound to lost its place in the cluster: it is an old
/// primary, has diverged, or shares its claim to be primary. What was asked was not applied; open a new connection.
/// </summary>
public sealed class NodeFencedException : DbException
{
    internal NodeFencedException(NodeDescription node)
        : base($"Nothing more is sent to {node.Endpoint.Name}: it {node.Reason}. This call was not sent. Open a new connection.")
    {
        Node = node;
    }

    /// <summary>The node, as it was seen when the call was refused.</summary>
    public NodeDescription Node { get; }

    /// <summary>Always true: nothing was sent, and another connection may succeed.</summary>
    public override bool IsTransient => true;
}
