namespace ClusterClient.Routing.Policies;

/// <summary>The default: the lowest <see cref="NodeCost"/> of all candidates, equals in turn.</summary>
/// <remarks>
/// <para>
/// A node of which nothing is known gets one request at a time and ranks like the best that is known: neither is it flooded when it
/// joins, nor left out for good. When none is known, as when a process starts, the one with the fewest requests in flight.
/// </para>
/// <para>
/// It goes through the candidates in this client's own order and stops after the first <see cref="Fewest"/> of a fleet, or
/// <see cref="PerRequest"/> for each request that it has in flight on average: so many it can tell apart by what it hears of them. A client of
/// many with little traffic of its own would hear of each node of a large fleet once in a long while, and know nothing; one with much
/// traffic goes through all. A fresh sample for each request would learn nothing: eight of a hundred have twice the 99th percentile.
/// </para>
/// </remarks>
internal sealed class LatencyScored : RoutingPolicy
{
    /// <summary>Fifteen to thirty do best; in smaller groups every node is scanned.</summary>
    public const int Fewest = 24;

    /// <summary>As many more nodes for each request in flight.</summary>
    public const int PerRequest = 4;

    public override string Name => RoutingPolicyNames.LatencyScored;

    public override int Pick(in RouteCandidates candidates)
    {
        Span<ushort> equals = stackalloc ushort[Lowest.MaxEquals];
        var lowest = new Lowest(equals);
        var slots = candidates.Slots;
        var states = candidates.States;
        var indices = candidates.Indices;
        var unknown = false;
        var width = indices.Length <= Fewest ? indices.Length : Math.Max(Fewest, states[indices[0]].Peers.InFlight * PerRequest);
        var scanned = 0;
        for (; scanned < indices.Length && scanned < width; scanned++)
        {
            ref readonly var slot = ref slots[indices[scanned]];
            var load = states[indices[scanned]].Load(candidates.Now, slot.RoundTrip);
            if (load.IsKnown)
            {
                lowest.Add(scanned, NodeCost.Tolled(load, slot));
            }
            else
            {
                unknown = true;
            }
        }

        if (unknown)
        {
            AddUnknown(candidates, scanned, ref lowest);
        }

        return lowest.Pick(candidates.Turn);
    }

    // Beside known ones: idle, and level with the best of them. Among themselves: the fewest of this process's, and of those what the
    // server told of its load.
    private static void AddUnknown(in RouteCandidates candidates, int scanned, ref Lowest lowest)
    {
        var best = lowest.IsEmpty ? -1 : lowest.Cost;
        for (var i = 0; i < scanned; i++)
        {
            var state = candidates.States[candidates.Indices[i]];
            if (!state.IsKnown && (best < 0 || state.InFlight == 0))
            {
                lowest.Add(i, best < 0 ? state.InFlight + candidates.Slots[candidates.Indices[i]].Utilisation : best);
            }
        }
    }
}
