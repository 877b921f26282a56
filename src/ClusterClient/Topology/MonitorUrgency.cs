namespace ClusterClient.Topology;

/// <summary>How often the nodes are to be looked at.</summary>
internal enum MonitorUrgency
{
    /// <summary>All is known and well.</summary>
    Calm,

    /// <summary>No primary, or somebody doubts what is known.</summary>
    Quick,

    /// <summary>The same, but for so long that looking often helps nobody.</summary>
    Tired,
}
