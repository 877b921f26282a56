using ClusterClient.Simulation.Protocols.C3;
using ClusterClient.Simulation.Protocols.Database;
using ClusterClient.Simulation.Protocols.Prequal;

namespace ClusterClient.Simulation.Protocols;

/// <summary>Every protocol that can be run.</summary>
internal static class AllProtocols
{
    public static readonly IReadOnlyList<Protocol> List = [new PrequalProtocol(), new C3Protocol(), new DatabaseProtocol()];

    public static Protocol Of(string name) =>
        List.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"--protocol is one or more of {string.Join(", ", List.Select(p => p.Name))}, not '{name}'.");
}
