namespace ClusterClient.Data;

/// <summary>While a connection to a node was being opened, the node stopped being what was asked for. Never leaves the library alone.</summary>
internal sealed class NodeLeftException(string node)
    : Exception($"{node} stopped being what was asked for while a connection to it was being opened.");
