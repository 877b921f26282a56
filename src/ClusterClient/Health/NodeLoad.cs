namespace ClusterClient.Health;

/// <summary>A node's behaviour at one moment. Times in µs.</summary>
/// <param name="InFlight">Requests of this process at the node, and those that wait for their turn there: whoever comes now comes after them.</param>
/// <param name="Service">Expected service time; 0 when nothing is known.</param>
/// <param name="Age">For how long the requests in flight have been out, summed up and the network left out: an early sign of a freeze.</param>
/// <param name="Peers">The mean service time of its peers; 0 when nothing is known.</param>
internal readonly record struct NodeLoad(int InFlight, float Service, float Age, float Peers)
{
    /// <summary>Whether anything is known of how the node serves.</summary>
    public bool IsKnown => Service > 0;
}
