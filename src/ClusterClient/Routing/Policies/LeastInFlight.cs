namespace ClusterClient.Routing.Policies;

/// <summary>The fewest requests of this process in flight for its weight, equals in turn.</summary>
internal sealed class LeastInFlight : RoutingPolicy
{
    public override string Name => RoutingPolicyNames.LeastInFlight;

    public override int Pick(in RouteCandidates candidates)
    {
        Span<ushort> equals = stackalloc ushort[Lowest.MaxEquals];
        var lowest = new Lowest(equals);
        for (var i = 0; i < candidates.Count; i++)
        {
            var index = candidates.Indices[i];
            lowest.Add(i, candidates.States[index].InFlight * candidates.Slots[index].PerWeight);
        }

        return lowest.Pick(candidates.Turn);
    }
}
