namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>A query on its way.</summary>
internal struct Query
{
    /// <summary>No handle: it is not at a server. No server: it has not been sent.</summary>
    public const int Elsewhere = -1;

    public double CameAt;

    /// <summary>As the policy was told.</summary>
    public long SentAt;

    public double AtServerAt;
    public double Work;
    public int Client;
    public int Server;

    /// <summary>The server's handle while the server works at it.</summary>
    public int Handle;

    /// <summary>How many others the server had when it came there.</summary>
    public int Company;

    /// <summary>How many it had when this one left.</summary>
    public int InFlightAtEnd;

    /// <summary>What the server then estimated the latency of the next to be.</summary>
    public double EstimateAtEnd;

    /// <summary>How long the server took; with shared cores there is no queue whose time could be left out.</summary>
    public double ServerTime;

    /// <summary>Answered or given up: the client waits no more.</summary>
    public bool Ended;
}
