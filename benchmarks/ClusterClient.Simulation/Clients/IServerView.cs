namespace ClusterClient.Simulation.Clients;

/// <summary>What no client can know: the servers as they are at this moment. For bounds to compare with, not for policies.</summary>
internal interface IServerView
{
    /// <summary>When a request that came now would be done if nothing else came, in µs from now.</summary>
    double TimeToServe(int server);
}
