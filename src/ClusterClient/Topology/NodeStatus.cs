namespace ClusterClient.Topology;

/// <summary>What the monitor holds of a node. Only an <see cref="Online"/> node is ever used.</summary>
public enum NodeStatus
{
    /// <summary>No look at it has ended yet.</summary>
    Unseen,

    /// <summary>Answers, and belongs to the group's history.</summary>
    Online,

    /// <summary>Refuses connections or breaks them; <see cref="NodeDescription.Reason"/> has its words.</summary>
    Unreachable,

    /// <summary>Its connection stands but nothing answered within the probe timeout: hung, or cut off silently.</summary>
    Silent,

    /// <summary>Belongs to another replication group: its system identifier differs.</summary>
    Foreign,

    /// <summary>Accepts writes in an epoch that has been superseded: an old primary. Nothing is sent to it any more.</summary>
    Fenced,

    /// <summary>A replica that holds history beyond the point where the newest epoch forked off.</summary>
    Diverged,

    /// <summary>One of several nodes that accept writes in the same epoch. Writes are refused until one remains.</summary>
    Contested,
}
