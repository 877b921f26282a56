using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>What opening brought: a node, which counts the connection and expects its first command, and the connection.</summary>
internal readonly record struct OpenedNode(ClusterNode Node, DbConnection Native);
