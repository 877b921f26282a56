using System.Collections.Concurrent;
using ClusterClient.Topology;

namespace Dashboard.State;

/// <summary>Which nodes are ejected as outliers, as the events tell.</summary>
internal sealed class Ejections
{
    private readonly ConcurrentDictionary<string, byte> _nodes = new();

    public bool Include(string node) => _nodes.ContainsKey(node);

    public void Follow(TopologyEvent happened)
    {
        if (happened is { Kind: TopologyEventKind.NodeEjected, Node.Endpoint.Name: var ejected })
            _nodes[ejected] = 0;
        else if (happened is { Kind: TopologyEventKind.NodeReadmitted, Node.Endpoint.Name: var readmitted })
            _nodes.TryRemove(readmitted, out _);
    }
}
