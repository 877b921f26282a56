namespace ClusterClient.Routing;

/// <summary>What speaks against a node for one request; the order is from "take it" to "never".</summary>
internal enum RouteVerdict
{
    /// <summary>Its circuit's break is over: this request is its trial, whatever others there are.</summary>
    TrialDue,

    Eligible,

    /// <summary>Fit, but just risen: only for its growing share of the requests, and this is not one of them.</summary>
    SlowStart,

    /// <summary>The primary, for a read: only when no replica can serve it.</summary>
    LastResort,

    /// <summary>About to run out of connections: only when its peers cannot serve.</summary>
    NearLimit,

    /// <summary>An outlier among its peers: only when they cannot serve.</summary>
    Ejected,

    /// <summary>The calls to it failed and its circuit is open, or its trial is under way: only when nobody else can serve.</summary>
    CircuitOpen,

    /// <summary>This very call has failed there: only when no other can serve it.</summary>
    Avoided,

    /// <summary>Somebody has just met a fault there and the look that settles it has not ended.</summary>
    Doubted,

    /// <summary>The same of the primary, for a read.</summary>
    DoubtedPrimary,

    NotPrimary,

    PrimaryNotForReads,

    TooStale,

    /// <summary>It is not known to have what its caller has written.</summary>
    LacksWrite,

    /// <summary>An operator wants nothing sent there.</summary>
    Isolated,

    /// <summary>It stands where this request may not go.</summary>
    RegionDenied,

    /// <summary>Not online; the topology's status and reason say more.</summary>
    NotOnline,
}
