using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>What opening brought: a node, counted as in flight until its holder ends that, and a connection to it.</summary>
internal readonly record struct OpenedNode(ClusterNode Node, DbConnection Native);
