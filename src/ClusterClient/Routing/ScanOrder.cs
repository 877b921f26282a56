using System.Collections.Immutable;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>
/// The order in which one client goes through the nodes: always the same, and even over all clients, so that those who go through
/// the first few only share out the fleet between them.
/// </summary>
/// <remarks>
/// Deterministic subsetting. A round of as many clients as it takes to cover a region once shares out one shuffle of it, each starting
/// where the one before ends; the next round has another shuffle. So every node is among the first few of as many clients as any
/// other, give or take one; random orders would leave some nodes to many and some to none. It reads the configuration alone: a node's
/// death moves nobody else's place. Source: Site Reliability Engineering, chapter 20.
/// </remarks>
internal static class ScanOrder
{
    /// <summary>The least that a client goes through; 15 to 30 do best.</summary>
    public const int Least = 24;

    /// <summary>How many of so many nodes are one client's part: all of them, or as few as leave nobody over, from <see cref="Least"/> on.</summary>
    public static int Part(int nodes) => nodes < 2 * Least ? nodes : (nodes + (nodes / Least) - 1) / (nodes / Least);

    public static ushort[] Of(ImmutableArray<NodeDescription> nodes, int ordinal)
    {
        var order = new List<ushort>(nodes.Length);
        foreach (var region in nodes.GroupBy(n => n.Endpoint.Region, StringComparer.OrdinalIgnoreCase))
        {
            var members = region.Select(n => (ushort)n.Index).ToArray();
            if (Part(members.Length) < members.Length)
            {
                var parts = members.Length / Least;
                Shuffle(members, (uint)(ordinal / parts));
                var start = ordinal % parts * members.Length / parts;
                members = [.. members[start..], .. members[..start]];
            }

            order.AddRange(members);
        }

        return [.. order];
    }

    // All clients of a round must come to the same shuffle, so it cannot be the injected randomness that it draws from.
    private static void Shuffle(ushort[] members, uint round)
    {
        var state = (round * 0x9E3779B9u) + 0x7F4A7C15u;
        for (var i = members.Length - 1; i > 0; i--)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            var j = (int)(state % (uint)(i + 1));
            (members[i], members[j]) = (members[j], members[i]);
        }
    }
}
