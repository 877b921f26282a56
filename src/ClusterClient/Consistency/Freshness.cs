using ClusterClient.Topology;

namespace ClusterClient.Consistency;

/// <summary>How far behind the primary the replica that serves a read may be.</summary>
/// <param name="MaxLag">The bound; see <see cref="NodeDescription.Lag"/> for what is measured.</param>
internal readonly record struct Freshness(TimeSpan MaxLag)
{
    /// <summary>
    /// Whether the node is fresh enough. A lag that cannot be told counts as fresh: it is so only until the primary was seen once.
    /// </summary>
    public bool Admits(NodeDescription node) => node.Lag is not { } lag || lag <= MaxLag;
}
