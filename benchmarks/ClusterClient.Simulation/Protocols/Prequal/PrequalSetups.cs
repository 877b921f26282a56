using ClusterClient.Simulation.Clients;
using ClusterClient.Simulation.Engine;

namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>What the clients of a run start with: all servers in one place and in one group.</summary>
internal sealed class PrequalSetups(RunSpec spec, PrequalSettings settings, Streams streams, IServerView view)
{
    private const string Place = "one";

    public ClientSetup Of(int client, IProber prober) => new()
    {
        Ordinal = client,
        Clients = spec.Clients,
        Servers = spec.Nodes,
        Groups = [[.. Enumerable.Range(0, spec.Nodes)]],
        RoundTrips = [.. Enumerable.Repeat((long)(2 * settings.OneWay), spec.Nodes)],
        Regions = [.. Enumerable.Repeat(Place, spec.Nodes)],
        Zones = new string?[spec.Nodes],
        Region = Place,
        Seed = streams.SeedOf(Purpose.Policy, client),
        Parameters = new Parameters(PolicyParameters()),
        Prober = prober,
        View = view,
    };

    // What a scenario says of a policy; the command line goes before it.
    private Dictionary<string, string> PolicyParameters() =>
        new(spec.Parameters) { ["wrr-ignores-errors"] = settings.ErrorBlindWeights ? "on" : "off" };
}
