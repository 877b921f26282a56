namespace ClusterClient.Simulation.Clients.Literature;

/// <summary>The way to the servers' own word, or a refusal where a protocol's servers have none.</summary>
internal static class Probing
{
    public static IProber Of(ClientSetup setup, string policy) =>
        setup.Prober ?? throw new UnfitPolicyException(
            $"--policy {policy} asks servers how they are, and this protocol's servers do not answer that; those of --protocol prequal do.");
}
