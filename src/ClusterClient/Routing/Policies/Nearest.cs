namespace ClusterClient.Routing.Policies;

/// <summary>The shortest round trip, equals in turn. For a caller that is alone: nothing of the servers' load comes into it.</summary>
internal sealed class Nearest : RoutingPolicy
{
    public override string Name => RoutingPolicyNames.Nearest;

    public override int Pick(in RouteCandidates candidates)
    {
        Span<ushort> equals = stackalloc ushort[Lowest.MaxEquals];
        var lowest = new Lowest(equals);
        for (var i = 0; i < candidates.Count; i++)
        {
            lowest.Add(i, candidates.Slots[candidates.Indices[i]].RoundTrip);
        }

        return lowest.Pick(candidates.Turn);
    }
}
