namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>What a client of C3 holds of one server, smoothed. Times in µs.</summary>
internal struct C3View
{
    public bool IsKnown;

    /// <summary>From sending to the answer.</summary>
    public double Response;

    /// <summary>At work, without waiting, as the server told.</summary>
    public double Service;

    /// <summary>Waiting at the server, as it told.</summary>
    public double Queue;
}
