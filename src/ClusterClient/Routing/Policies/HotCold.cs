namespace ClusterClient.Routing.Policies;

/// <summary>
/// Prequal's hot-cold lexicographic rule: a node with more requests in flight than <see cref="Quantile"/> of the candidates have is
/// hot; of the cold ones the quickest, and if all are hot the one with the least in flight. Equals in turn.
/// </summary>
/// <remarks>
/// It needs neither a balance of two units nor tuning, but many candidates: of three to eight, a quantile says little, and the default
/// is better there. What is in flight is this process's own; a database tells nobody's for each request as Prequal's servers do.
/// Source: Prequal, NSDI 2024.
/// </remarks>
internal sealed class HotCold : RoutingPolicy
{
    /// <summary>2^-0.25, Prequal's; good from 0.6 to 0.9.</summary>
    public const double Quantile = 0.84;

    private const int MostCounted = 64;

    public override string Name => RoutingPolicyNames.HotCold;

    public override int Pick(in RouteCandidates candidates)
    {
        var threshold = Threshold(candidates);
        Span<ushort> equals = stackalloc ushort[Lowest.MaxEquals];
        var lowest = new Lowest(equals);
        var slots = candidates.Slots;
        var states = candidates.States;
        var indices = candidates.Indices;
        for (var i = 0; i < indices.Length; i++)
        {
            ref readonly var slot = ref slots[indices[i]];
            var load = states[indices[i]].Load(candidates.Now, slot.RoundTrip);
            if (load.InFlight <= threshold)
            {
                lowest.Add(i, slot.RoundTrip + load.Service + (load.Age / 2));
            }
        }

        return lowest.Pick(candidates.Turn);
    }

    // The largest number in flight that is still cold. It is somebody's own, so somebody always is.
    private static int Threshold(in RouteCandidates candidates)
    {
        Span<int> counts = stackalloc int[MostCounted];
        for (var i = 0; i < candidates.Count; i++)
        {
            counts[Math.Min(candidates.States[candidates.Indices[i]].InFlight, MostCounted - 1)]++;
        }

        var cold = (int)Math.Ceiling(Quantile * candidates.Count);
        for (var inFlight = 0; inFlight < MostCounted - 1; inFlight++)
        {
            cold -= counts[inFlight];
            if (cold <= 0)
            {
                return inFlight;
            }
        }

        return int.MaxValue;
    }
}
