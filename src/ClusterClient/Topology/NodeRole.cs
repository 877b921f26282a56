namespace ClusterClient.Topology;

/// <summary>What a node is in its replication group.</summary>
public enum NodeRole
{
    /// <summary>Not seen lately, or not trusted: <see cref="NodeDescription.Status"/> says why.</summary>
    Unknown,

    /// <summary>Accepts writes, in the newest epoch known.</summary>
    Primary,

    /// <summary>Follows the primary and answers reads.</summary>
    Replica,
}
