namespace ClusterClient.Routing;

/// <summary>What a caller wants of the node that it is given.</summary>
public enum RouteIntent
{
    /// <summary>To write, or to read what was just written: the primary.</summary>
    Write,

    /// <summary>To read, from a replica that is fresh enough.</summary>
    Read,

    /// <summary>
    /// Of a connection: either, as each command says; see <see cref="ClusterDataSource.Auto"/>. No single command wants it, and no node is chosen for it.
    /// </summary>
    Auto,
}
