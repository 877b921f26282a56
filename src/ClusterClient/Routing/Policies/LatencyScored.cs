namespace ClusterClient.Routing.Policies;

/// <summary>The default: the lowest <see cref="NodeCost"/> of all candidates, equals in turn.</summary>
/// <remarks>
/// <para>
/// A node of which nothing is known gets one request at a time and ranks like the best that is known: neither is it flooded when it
/// joins, nor left out for good. When none is known, as when a process starts, the one with the fewest requests in flight.
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
            lowest.Add(i, atMost == 0 ? lowest.Cost : state.InFlight + candidates.Slots[index].Utilisation);
        }

        return lowest.IsEmpty ? candidates.Draw(candidates.Count) : lowest.Pick(candidates.Turn);
    }
}
