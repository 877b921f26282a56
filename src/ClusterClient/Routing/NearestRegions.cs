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

        var order = previous is { } before ? before.ToArray() : [.. Enumerable.Range(0, regions).Select(r => (byte)r)];
        for (var i = 1; i < order.Length; i++)
        {
            for (var j = i; j > 0 && IsNearer(roundTrips[order[j]], roundTrips[order[j - 1]], decisively: previous is not null); j--)
            {
                (order[j - 1], order[j]) = (order[j], order[j - 1]);
            }
        }

        return previous is { } same && same.AsSpan().SequenceEqual(order) ? same : [.. order];
    }

    private static bool IsNearer(float a, float b, bool decisively) =>
        (decisively ? LocalitySettings.WithMargin(a) : a) < b;
}
