using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>What opening brought: a node, which counts the connection and expects its first command, and the connection.</summary>
/// <param name="Node">The node.</param>
/// <param name="Native">The driver's connection to it.</param>
/// <param name="Trial">The trial of the node's circuit that the first command is; 0 when it is none.</param>
internal readonly record struct OpenedNode(ClusterNode Node, DbConnection Native, int Trial);
