using System.Collections.Immutable;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>The regions in the order of their round trip, with hysteresis.</summary>
/// <remarks>
/// A region overtakes another only when it is decisively nearer, or the other has no node left: two that are as far as each other
/// would swap places with every measurement, and all their callers' traffic with them, from warm caches to cold ones.
/// </remarks>
internal static class NearestRegions
{
    public static ImmutableArray<byte> Order(ReadOnlySpan<NodeSlot> slots, int regions, ImmutableArray<byte>? previous)
    {
        Span<float> roundTrips = stackalloc float[regions];
        roundTrips.Fill(float.PositiveInfinity);
        foreach (ref readonly var slot in slots)
        {
            if (slot.Role != NodeRole.Unknown)
            {
                roundTrips[slot.Region] = Math.Min(roundTrips[slot.Region], slot.RoundTrip);
            }
        }

        // For each place in turn: its holder keeps it, unless the nearest of all behind it is decisively nearer. Neighbours that change
        // places one by one would not do: one that is in nobody's way by much would keep a much nearer one behind it.
        var order = previous is { } before ? before.ToArray() : [.. Enumerable.Range(0, regions).Select(r => (byte)r)];
        for (var place = 0; place < order.Length; place++)
        {
            var nearest = place;
            for (var i = place + 1; i < order.Length; i++)
            {
                nearest = roundTrips[order[i]] < roundTrips[order[nearest]] ? i : nearest;
            }

            if (IsNearer(roundTrips[order[nearest]], roundTrips[order[place]], decisively: previous is not null))
            {
                order.AsSpan(place, nearest - place + 1).RotateRight();
            }
        }

        return previous is { } same && same.AsSpan().SequenceEqual(order) ? same : [.. order];
    }

    // The last goes first, the others keep their order.
    private static void RotateRight(this Span<byte> order)
    {
        var last = order[^1];
        order[..^1].CopyTo(order[1..]);
        order[0] = last;
    }

    private static bool IsNearer(float a, float b, bool decisively) =>
        (decisively ? LocalitySettings.WithMargin(a) : a) < b;
}
