namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>A server's answer to a probe, kept for queries to come.</summary>
internal struct PooledProbe
{
    public int Server;

    /// <summary>Requests in flight: as told, and one more for each that this client has sent there since.</summary>
    public int InFlight;

    /// <summary>In µs.</summary>
    public double Latency;

    public long At;
    public int UsesLeft;
}
