using ClusterClient.Routing;
using ClusterClient.Routing.Policies;

namespace ClusterClient.Tests.Fakes;

/// <summary>The library's policies by name, for theories over all of them.</summary>
internal sealed class AllPolicies : TheoryData<string>
{
    private static readonly RoutingPolicy[] All =
        [new LatencyScored(), new LeastInFlight(), new PowerOfTwo(), new RoundRobin(), new Nearest(), new HotCold()];

    public AllPolicies() => AddRange([.. All.Select(p => p.Name)]);

    public static RoutingPolicy Named(string name) => All.Single(p => p.Name == name);
}
