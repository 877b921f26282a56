using ClusterClient.Topology;

namespace Dashboard.Story;

/// <summary>What the narrator needs of an event.</summary>
/// <param name="At">When it was told.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Message">The library's words for it.</param>
/// <param name="Node">The name of the node it happened to, if it is one.</param>
/// <param name="Region">That node's region.</param>
/// <param name="Epoch">The newest epoch known then.</param>
internal sealed record Happening(DateTimeOffset At, TopologyEventKind Kind, string Message, string? Node, string? Region, long Epoch)
{
    public static Happening Of(TopologyEvent happened, DateTimeOffset at) => new(
        at, happened.Kind, happened.Message, happened.Node?.Endpoint.Name, happened.Node?.Endpoint.Region, happened.Topology.Epoch);
}
