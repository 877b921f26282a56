namespace ClusterClient.Topology;

/// <summary>Something that happened in a cluster, in words and with the snapshot that shows it. Immutable.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">A sentence for a log or an operator.</param>
/// <param name="Node">The node it happened to, as it is now; null for <see cref="TopologyEventKind.PrimaryContested"/>.</param>
/// <param name="Topology">
/// The first snapshot that shows it; for ejections, circuits and lost writes, which no snapshot shows, the present one.
/// </param>
public sealed record TopologyEvent(TopologyEventKind Kind, string Message, NodeDescription? Node, ClusterTopology Topology)
{
    /// <summary>For <see cref="TopologyEventKind.WritesLost"/>: what was lost; otherwise null.</summary>
    public LossReport? Loss { get; init; }

    /// <summary>Whether the event that follows says the same and more: a log needs one of them.</summary>
    internal bool IsToldAnyway { get; init; }
}
