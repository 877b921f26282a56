namespace ClusterClient.Routing;

/// <summary>What a caller wants of the node that it is given.</summary>
public enum RouteIntent
{
    /// <summary>To write, or to read what was just written: the primary.</summary>
    Write,

    /// <summary>To read, from a replica that is fresh enough.</summary>
    Read,
}
