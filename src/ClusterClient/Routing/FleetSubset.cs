using System.Collections.Immutable;
using ClusterClient.Routing.Policies;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>Which nodes of a fleet that is too large to be scanned one client scans: always the same, and even over all clients.</summary>
/// <remarks>
/// Deterministic subsetting. Each round of as many clients as it takes to cover the fleet once shares out one shuffle of it, so that
/// every node is in as many clients' subsets as any other, give or take one. Random subsets would leave some nodes to many and some
/// to none. It reads the configuration alone, so that a node's death moves nobody's subset. Source: Site Reliability Engineering,
/// chapter 20.
/// </remarks>
internal static class FleetSubset
{
    /// <summary>At most. Large enough to learn differences and small enough to hear of each node often; 15 to 30 do best.</summary>
    public const int Size = 32;

    public static bool[] Choose(ImmutableArray<NodeDescription> nodes, int ordinal)
    {
        var chosen = new bool[nodes.Length];
        foreach (var region in nodes.GroupBy(n => n.Endpoint.Region))
        {
            var members = region.Select(n => n.Index).ToArray();
            if (members.Length > LatencyScored.MaxScanned)
            {
                // As many parts as leave nobody over: a round that skipped some would be uneven for good.
                var parts = (members.Length + Size - 1) / Size;
                var part = ordinal % parts;
                Shuffle(members, (uint)(ordinal / parts));
                members = members[(part * members.Length / parts)..((part + 1) * members.Length / parts)];
            }

            foreach (var member in members)
            {
                chosen[member] = true;
            }
        }

        return chosen;
    }

    // All clients of a round must come to the same shuffle, so it cannot be the injected randomness that it draws from.
    private static void Shuffle(int[] members, uint round)
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
