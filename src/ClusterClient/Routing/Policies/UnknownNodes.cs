namespace ClusterClient.Routing.Policies;

/// <summary>The default policy's choice while something is unknown: how some of the candidates serve, or all.</summary>
/// <remarks>
/// An idle unknown node ranks level with the best known one. Where none is known, they are ranked by this process's requests in flight
/// and by what the server told of its load; where there are patterns of earlier weeks, by those as if they were known. Beside known
/// nodes a forecast has no say: what is usual may be better than they are, and may be wrong.
/// </remarks>
internal static class UnknownNodes
{
    /// <param name="candidates">Candidates, the first of which are scanned.</param>
    /// <param name="scanned">So many.</param>
    /// <param name="longest">Known ones farther away than this, in µs, are left out.</param>
    public static int Pick(in RouteCandidates candidates, int scanned, float longest)
    {
        Span<ushort> equals = stackalloc ushort[Lowest.MaxEquals];
        var lowest = new Lowest(equals);
        for (var i = 0; i < scanned; i++)
        {
            ref readonly var slot = ref candidates.Slots[candidates.Indices[i]];
            var load = candidates.States[candidates.Indices[i]].Load(candidates.Now, slot.RoundTrip);
            if (load.IsKnown && slot.RoundTrip <= longest)
            {
                lowest.Add(i, NodeCost.Tolled(load, slot));
            }
        }

        var (isAnyKnown, best) = (!lowest.IsEmpty, lowest.Cost);
        var usual = isAnyKnown ? 0 : MeanPrior(candidates, scanned);
        for (var i = 0; i < scanned; i++)
        {
            var state = candidates.States[candidates.Indices[i]];
            if (!state.IsKnown && (!isAnyKnown || state.InFlight == 0))
            {
                lowest.Add(i, isAnyKnown ? best : Expected(candidates, candidates.Indices[i], usual));
            }
        }

        return lowest.Pick(candidates.Turn);
    }

    private static float Expected(in RouteCandidates candidates, int index, float usual)
    {
        var state = candidates.States[index];
        ref readonly var slot = ref candidates.Slots[index];
        if (usual == 0)
        {
            return state.InFlight + slot.Utilisation;
        }

        var prior = state.Prior > 0 ? state.Prior : usual;
        return NodeCost.Tolled(state.Load(candidates.Now, slot.RoundTrip) with { Service = prior * (1 + slot.Utilisation) }, slot);
    }

    private static float MeanPrior(in RouteCandidates candidates, int scanned)
    {
        var (sum, count) = (0f, 0);
        foreach (var index in candidates.Indices[..scanned])
        {
            var prior = candidates.States[index].Prior;
            (sum, count) = prior > 0 ? (sum + prior, count + 1) : (sum, count);
        }

        return count == 0 ? 0 : sum / count;
    }
}
