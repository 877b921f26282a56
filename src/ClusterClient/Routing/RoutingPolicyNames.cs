namespace ClusterClient.Routing;

/// <summary>The names of the policies that come with the library, for <see cref="ClusterOptions.Policy"/>.</summary>
public static class RoutingPolicyNames
{
    /// <summary>
    /// The default: the lowest expected latency, with a toll on what is in flight that is steep enough to share out the load.
    /// </summary>
    public const string LatencyScored = "LatencyScored";

    /// <summary>The fewest requests of this process in flight.</summary>
    public const string LeastInFlight = "LeastInFlight";

    /// <summary>Of two that are drawn, the one with fewer requests in flight.</summary>
    public const string PowerOfTwo = "PowerOfTwo";

    /// <summary>One after the other.</summary>
    public const string RoundRobin = "RoundRobin";

    /// <summary>The shortest round trip, whatever its load.</summary>
    public const string Nearest = "Nearest";

    /// <summary>
    /// Prequal's rule, for large fleets: a node is hot when it is among the sixth with the most in flight; of those that are not, the
    /// quickest, and if all are, the one with the least in flight.
    /// </summary>
    public const string HotCold = "HotCold";
}
