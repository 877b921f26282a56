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
/// <para>
/// One whose way alone takes longer than the answer of another would, is none of them: see <see cref="WorthTheWay"/>.
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
        var worthTheWay = WorthTheWay(candidates, width);
        var scanned = 0;
        for (; scanned < indices.Length && scanned < width; scanned++)
        {
            ref readonly var slot = ref slots[indices[scanned]];
            var load = states[indices[scanned]].Load(candidates.Now, slot.RoundTrip);
            if (!load.IsKnown)
            {
                unknown = true;
            }
            else if (slot.RoundTrip <= worthTheWay)
            {
                lowest.Add(scanned, NodeCost.Tolled(load, slot));
            }
        }

        if (unknown)
        {
            AddUnknown(candidates, scanned, ref lowest);
        }

        return lowest.Pick(candidates.Turn);
    }

    /// <summary>The longest round trip, in µs, that may still pay: the best expectation that there is, and the margin.</summary>
    /// <remarks>
    /// The toll stands for the load of clients that cannot be seen, and shares it out between nodes at the same distance. Between near
    /// and far ones it would send a request a long way round a single other one. So a way has to pay without any toll; and where all
    /// ways are about as long, as inside most zones, none is held against anybody.
    /// </remarks>
    private static float WorthTheWay(in RouteCandidates candidates, float width)
    {
        var (nearest, farthest) = (float.PositiveInfinity, 0f);
        for (var i = 0; i < candidates.Count && i < width; i++)
        {
            var roundTrip = candidates.Slots[candidates.Indices[i]].RoundTrip;
            (nearest, farthest) = (Math.Min(nearest, roundTrip), Math.Max(farthest, roundTrip));
        }

        if (farthest <= LocalitySettings.WithMargin(nearest))
        {
            return float.PositiveInfinity;
        }

        var best = float.PositiveInfinity;
        for (var i = 0; i < candidates.Count && i < width; i++)
        {
            ref readonly var slot = ref candidates.Slots[candidates.Indices[i]];
            var load = candidates.States[candidates.Indices[i]].Load(candidates.Now, slot.RoundTrip);
            best = load.IsKnown ? Math.Min(best, NodeCost.Plain(load, slot)) : best;
        }

        return LocalitySettings.WithMargin(best);
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
