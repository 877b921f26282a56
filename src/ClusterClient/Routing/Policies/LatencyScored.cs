namespace ClusterClient.Routing.Policies;

/// <summary>The default: the lowest <see cref="NodeCost"/> of all candidates, equals in turn.</summary>
/// <remarks>
/// <para>
/// A node of which nothing is known gets one request at a time and ranks like the best that is known: neither is it flooded when it
/// joins, nor left out for good. When none is known, as when a process starts, see <see cref="UnknownNodes"/>.
/// </para>
/// <para>
/// It goes through the candidates in this client's own order and stops after its part of a fleet, see <see cref="ScanOrder"/>, or
/// <see cref="PerRequest"/> for each request that it has in flight on average: so many it can tell apart by what it hears of them. A
/// client of many with little traffic of its own would hear of each node of a large fleet once in a long while, and know nothing; one
/// with much traffic goes through all. A fresh sample for each request would learn nothing: eight of a hundred have twice the 99th
/// percentile.
/// </para>
/// <para>
/// One whose way alone takes longer than another's whole answer is none of them: <see cref="WorthTheWay"/>.
/// </para>
/// </remarks>
internal sealed class LatencyScored : RoutingPolicy
{
    /// <summary>As many more nodes for each request in flight.</summary>
    public const int PerRequest = 4;

    public override string Name => RoutingPolicyNames.LatencyScored;

    public override int Pick(in RouteCandidates candidates)
    {
        Span<ushort> equals = stackalloc ushort[Lowest.MaxEquals];
        var lowest = new Lowest(equals);
        var scanned = Width(candidates);
        var slots = candidates.Slots;
        var states = candidates.States;
        var indices = candidates.Indices[..scanned];
        var longest = WorthTheWay.Longest(candidates, scanned);
        for (var i = 0; i < indices.Length; i++)
        {
            var index = indices[i];
            ref readonly var slot = ref slots[index];
            var load = states[index].Load(candidates.Now, slot.RoundTrip);
            if (!load.IsKnown)
            {
                // Rare, and kept out of this loop.
                return UnknownNodes.Pick(candidates, scanned, longest);
            }

            if (slot.RoundTrip <= longest)
            {
                lowest.Add(i, NodeCost.Tolled(load, slot));
            }
        }

        return lowest.Pick(candidates.Turn);
    }

    private static int Width(in RouteCandidates candidates) => ScanOrder.Part(candidates.Count) is var part && part == candidates.Count
        ? part
        : Math.Clamp((int)(candidates.States[candidates.Indices[0]].Peers.InFlight * PerRequest), part, candidates.Count);
}
