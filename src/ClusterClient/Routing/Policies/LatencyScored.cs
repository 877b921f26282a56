namespace ClusterClient.Routing.Policies;

/// <summary>The default: the lowest <see cref="NodeCost"/> of all candidates, equals in turn.</summary>
/// <remarks>
/// <para>
/// A node of which nothing is known gets one request at a time and ranks like the best that is known: neither is it flooded when it
/// joins, nor left out for good. When none is known, as when a process starts, the one with the fewest requests in flight; where past
/// weeks tell what is usual for the hour, the one of the lowest cost by that, and one they tell nothing of counts as average.
/// </para>
/// <para>
/// Beyond <see cref="MaxScanned"/> candidates it scans this process's subset of them: the same one always, so that it learns, and
/// an even one over the fleet. A fresh sample for each request would learn nothing: at eight of a hundred it has twice the 99th
/// percentile.
/// </para>
/// </remarks>
internal sealed class LatencyScored : RoutingPolicy
{
    /// <summary>So many are scanned within a microsecond.</summary>
    public const int MaxScanned = 128;

    public override string Name => RoutingPolicyNames.LatencyScored;

    public override int Pick(in RouteCandidates candidates)
    {
        Span<ushort> equals = stackalloc ushort[Lowest.MaxEquals];
        var lowest = new Lowest(equals);
        var onlySubset = candidates.Count > MaxScanned;
        var unknown = 0;
        var slots = candidates.Slots;
        var states = candidates.States;
        var indices = candidates.Indices;
        for (var i = 0; i < indices.Length; i++)
        {
            ref readonly var slot = ref slots[indices[i]];
            if (onlySubset && !slot.IsInSubset)
            {
                continue;
            }

            var load = states[indices[i]].Load(candidates.Now, slot.RoundTrip);
            if (load.IsKnown)
            {
                lowest.Add(i, NodeCost.Tolled(load, slot));
            }
            else
            {
                unknown++;
            }
        }

        return lowest.IsEmpty ? PickUnknown(candidates, ref lowest, onlySubset, atMost: int.MaxValue)
            : unknown > 0 ? PickUnknown(candidates, ref lowest, onlySubset, atMost: 0)
            : lowest.Pick(candidates.Turn);
    }

    private static int PickUnknown(in RouteCandidates candidates, ref Lowest lowest, bool onlySubset, int atMost)
    {
        // Beside known ones a forecast has no say: what is usual may be better than they are, and may be wrong.
        var usual = atMost == 0 ? 0 : MeanPrior(candidates);
        for (var i = 0; i < candidates.Count; i++)
        {
            var index = candidates.Indices[i];
            var state = candidates.States[index];
            if ((onlySubset && !candidates.Slots[index].IsInSubset) || state.IsKnown || state.InFlight > atMost)
            {
                continue;
            }

            // Beside known ones: level with the best of them. Among themselves: what the server told of its load decides between
            // those that this process has sent the same to.
            lowest.Add(i, atMost == 0 ? lowest.Cost : Expected(candidates, index, usual));
        }

        return lowest.IsEmpty ? candidates.Draw(candidates.Count) : lowest.Pick(candidates.Turn);
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

    private static float MeanPrior(in RouteCandidates candidates)
    {
        var (sum, count) = (0f, 0);
        foreach (var index in candidates.Indices)
        {
            var prior = candidates.States[index].Prior;
            (sum, count) = prior > 0 ? (sum + prior, count + 1) : (sum, count);
        }

        return count == 0 ? 0 : sum / count;
    }
}
