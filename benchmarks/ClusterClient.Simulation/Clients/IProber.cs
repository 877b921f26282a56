namespace ClusterClient.Simulation.Clients;

/// <summary>
/// How a policy asks servers beside its requests, where a protocol's servers answer that. The answer takes a round trip and comes
/// with <see cref="ClientPolicy.OnProbed"/>. Databases have nothing like it.
/// </summary>
internal interface IProber
{
    void Probe(int server);
}
