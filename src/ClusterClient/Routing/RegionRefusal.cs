using System.Collections.Immutable;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>A call that was refused although a node could have served it: the region rule did not allow that. Immutable.</summary>
/// <param name="Cluster">The data source's name.</param>
/// <param name="Intent">What the call wanted.</param>
/// <param name="Denied">The nodes that were online in the right role, and stand where the call may not go.</param>
/// <param name="Explanation">The whole decision, a line a node.</param>
public sealed record RegionRefusal(string Cluster, RouteIntent Intent, ImmutableArray<NodeDescription> Denied, string Explanation);
