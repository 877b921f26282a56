namespace ClusterClient.Simulation.Protocols.C3;

/// <summary>One read, or one of its shadows. Times in µs.</summary>
internal struct Read
{
    public int Client;
    public int Group;
    public int Server;

    /// <summary>Whether its latency is no one's: it only repairs.</summary>
    public bool IsShadow;

    /// <summary>Whether the other replicas are to be read too.</summary>
    public bool Repairs;

    /// <summary>Its service time over the mean of the server that serves it.</summary>
    public double Work;

    /// <summary>When the caller asked; it may have been held back since.</summary>
    public double CameAt;

    public long SentAt;
    public double ServedFor;

    /// <summary>Waiting at the server when it was done.</summary>
    public int Waiting;
}
