namespace ClusterClient.Simulation.Clients;

/// <summary>What a server tells with its answers and to probes. Databases tell nothing like it; Prequal's and C3's servers do.</summary>
/// <param name="InFlight">Requests at the server when it told this.</param>
/// <param name="LatencyEstimate">Its own estimate of the latency of a request that came now, in µs.</param>
/// <param name="ServiceTime">How long it worked at this very request, queueing left out, in µs.</param>
internal readonly record struct ServerFeedback(int InFlight, double LatencyEstimate, double ServiceTime);
