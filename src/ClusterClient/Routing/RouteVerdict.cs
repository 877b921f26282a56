namespace ClusterClient.Routing;

/// <summary>What speaks against a node for one request; the order is from "take it" to "never".</summary>
internal enum RouteVerdict
{
    Eligible,

    /// <summary>The primary, for a read: only when no replica can serve it.</summary>
    LastResort,

    /// <summary>Somebody has just met a fault there and the look that settles it has not ended.</summary>
    Doubted,

    NotPrimary,

    PrimaryNotForReads,

    TooStale,

    /// <summary>Not online; the topology's status and reason say more.</summary>
    NotOnline,
}
