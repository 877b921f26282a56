namespace ClusterClient.Routing.Policies;

/// <summary>Which of the nodes of one place are too far away while a nearer one can answer.</summary>
/// <remarks>
/// The toll of <see cref="NodeCost"/> stands for the load of clients that cannot be seen, and shares it out between nodes at the same
/// distance. Between near and far ones it would send a request a long way round a single other one. So a longer way has to pay without
/// any toll. Where all ways are about as long, as inside most zones, none is held against anybody.
/// </remarks>
internal static class WorthTheWay
{
    /// <summary>The longest round trip, in µs, that may pay: what the best takes, and the margin.</summary>
    /// <param name="candidates">Candidates, the first of which are scanned.</param>
    /// <param name="scanned">So many.</param>
    public static float Longest(in RouteCandidates candidates, int scanned)
    {
        var slots = candidates.Slots;
        var indices = candidates.Indices[..scanned];
        var (nearest, farthest) = (float.PositiveInfinity, 0f);
        foreach (var index in indices)
        {
            (nearest, farthest) = (Math.Min(nearest, slots[index].RoundTrip), Math.Max(farthest, slots[index].RoundTrip));
        }

        return farthest <= LocalitySettings.WithMargin(nearest) ? float.PositiveInfinity
            : LocalitySettings.WithMargin(Best(candidates, indices));
    }

    private static float Best(in RouteCandidates candidates, ReadOnlySpan<ushort> indices)
    {
        var best = float.PositiveInfinity;
        foreach (var index in indices)
        {
            ref readonly var slot = ref candidates.Slots[index];
            var load = candidates.States[index].Load(candidates.Now, slot.RoundTrip);
            best = load.IsKnown ? Math.Min(best, NodeCost.Plain(load, slot)) : best;
        }

        return best;
    }
}
