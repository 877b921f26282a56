namespace ClusterClient.Routing.Policies;

/// <summary>One after the other, whatever they do.</summary>
internal sealed class RoundRobin : RoutingPolicy
{
    public override string Name => RoutingPolicyNames.RoundRobin;

    public override int Pick(in RouteCandidates candidates) => (int)(candidates.Turn % (uint)candidates.Count);
}
