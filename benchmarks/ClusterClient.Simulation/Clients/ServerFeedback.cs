namespace ClusterClient.Simulation.Clients;

/// <summary>What a server tells with its answers and to probes. Databases tell nothing like it; Prequal's and C3's servers do.</summary>
/// <param name="InFlight">Requests at the server when it told this.</param>
/// <param name="LatencyEstimate">Its own estimate of the latency of a request that came now, in µs.</param>
/// <param name="ServiceTime">How long it worked at this very request, queueing left out, in µs.</param>
internal readonly record struct ServerFeedback(int InFlight, double LatencyEstimate, double ServiceTime)
{
    /// <summary>Requests answered since the server's start; told to probes only.</summary>
    public long Answered { get; init; }

    /// <summary>Requests given up at their deadline since the server's start; told to probes only.</summary>
    public long Expired { get; init; }

    /// <summary>Processor time used since the server's start, in µs of one core; told to probes only.</summary>
    public double ProcessorTime { get; init; }
}
