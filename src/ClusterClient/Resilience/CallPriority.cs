namespace ClusterClient.Resilience;

/// <summary>Which calls go first where a node has more to do than it can.</summary>
public enum CallPriority
{
    /// <summary>Somebody waits for it. The default.</summary>
    Interactive,

    /// <summary>
    /// Work that can wait, or be refused and tried again later: a node at its limit is given it only while no interactive call waits there.
    /// </summary>
    Batch,
}
