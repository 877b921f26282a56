namespace ClusterClient.Simulation.Clients;

/// <summary>Every policy that can be run, by its name on the command line.</summary>
internal static class ClientPolicies
{
    /// <summary>The library's own, by the names that its options have.</summary>
    public static readonly IReadOnlyDictionary<string, Func<ClientSetup, ClientPolicy>> OfLibrary =
        new Dictionary<string, Func<ClientSetup, ClientPolicy>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The literature's and the other drivers', to compare with.</summary>
    public static readonly IReadOnlyDictionary<string, Func<ClientSetup, ClientPolicy>> OfLiterature =
        new Dictionary<string, Func<ClientSetup, ClientPolicy>>(StringComparer.OrdinalIgnoreCase);
}
