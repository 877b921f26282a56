using ClusterClient.Simulation.Clients;
using ClusterClient.Simulation.Protocols;

namespace ClusterClient.Simulation.CommandLine;

/// <summary>What the command line asks for. What it leaves out is the default, which may differ between protocols.</summary>
internal sealed record Options
{
    public required IReadOnlyList<Protocol> Protocols { get; init; }

    /// <summary>None: the library's own, and those that the protocol is usually compared with.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    /// <summary>None: the protocol's own.</summary>
    public required IReadOnlyList<double> Loads { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    public int? Nodes { get; init; }

    public int? Clients { get; init; }

    public required int Parallel { get; init; }

    public string? Csv { get; init; }

    public string? Svg { get; init; }

    public string? Markdown { get; init; }

    /// <summary>The parameters of protocols and policies.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>All runs, in the order of the results.</summary>
    public IReadOnlyList<(Protocol Protocol, RunSpec Spec)> Runs() =>
    [
        .. from protocol in Protocols
           let defaults = protocol.DefaultsFor(Parameters)
           from policy in PoliciesOf(protocol)
           from load in Loads.Count > 0 ? Loads : defaults.Loads
           from seed in Seeds
           select (protocol, new RunSpec
           {
               Policy = policy,
               Load = load,
               Seed = seed,
               Nodes = Nodes ?? defaults.Nodes,
               Clients = Clients ?? defaults.Clients,
               Parameters = Parameters,
           }),
    ];

    private IEnumerable<string> PoliciesOf(Protocol protocol) =>
        Policies.Count > 0 ? Policies : ClientPolicies.OfLibrary.Keys.Concat(protocol.DefaultPolicies).Distinct(StringComparer.OrdinalIgnoreCase);
}
