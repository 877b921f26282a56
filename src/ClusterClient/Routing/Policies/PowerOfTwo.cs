namespace ClusterClient.Routing.Policies;

/// <summary>
/// Of two different nodes, drawn evenly, the one with fewer requests in flight for its weight; of equals, the cheaper one.
/// </summary>
/// <remarks>
/// Without the cost it would be a coin toss whenever nothing is in flight, which for one process of many is most of the time.
/// </remarks>
internal sealed class PowerOfTwo : RoutingPolicy
{
    public override string Name => RoutingPolicyNames.PowerOfTwo;

    public override int Pick(in RouteCandidates candidates)
    {
        var a = candidates.Draw(candidates.Count);
        var b = candidates.Draw(candidates.Count - 1, draw: 1);
        b += b >= a ? 1 : 0;
        ref readonly var slotA = ref candidates.Slots[candidates.Indices[a]];
        ref readonly var slotB = ref candidates.Slots[candidates.Indices[b]];
        var loadA = candidates.States[candidates.Indices[a]].Load(candidates.Now, slotA.RoundTrip);
        var loadB = candidates.States[candidates.Indices[b]].Load(candidates.Now, slotB.RoundTrip);
        var (crowdA, crowdB) = (loadA.InFlight * slotA.PerWeight, loadB.InFlight * slotB.PerWeight);
        return crowdA < crowdB || (crowdA == crowdB && NodeCost.Tolled(loadA, slotA) <= NodeCost.Tolled(loadB, slotB)) ? a : b;
    }
}
