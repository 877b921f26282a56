using ClusterClient.Routing;

namespace ClusterClient.Tests.Fakes;

/// <summary>A policy of an application's own, which always picks the same position.</summary>
internal sealed class FixedPolicy(string name, int position) : RoutingPolicy
{
    public override string Name => name;

    public override int Pick(in RouteCandidates candidates) => position;
}
