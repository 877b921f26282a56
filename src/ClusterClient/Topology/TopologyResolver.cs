using System.Collections.Immutable;

namespace ClusterClient.Topology;

/// <summary>
/// Turns what the nodes said one by one into what the group is: pure, so that every rule below is a row of a table in the tests.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>History: the system identifier on which more than half of the configured nodes agree, or, once each has been looked at,
/// the one most of those that answered share (a tie goes to the node configured first). It is kept from then on; nodes of another
/// are <see cref="NodeStatus.Foreign"/>.</item>
/// <item>Epoch: the highest that any node of that history has ever shown. It never goes back.</item>
/// <item>Primary: the one node that accepts writes in that epoch. Older writable nodes are <see cref="NodeStatus.Fenced"/>; several
/// in the newest are all <see cref="NodeStatus.Contested"/> and none is primary. One that has fallen silent still counts against
/// another: it may go on writing. It stops counting when its server answers otherwise or refuses, or when a newer epoch appears, as
/// with every promotion.</item>
/// <item>Replica: a node in recovery whose position does not lie beyond a fork that followed its own epoch.</item>
/// </list>
/// </remarks>
internal static class TopologyResolver
{
    public static ClusterTopology Resolve(
        ImmutableArray<NodeEndpoint> endpoints,
        ReadOnlySpan<NodeSighting> sightings,
        ClusterTopology? previous,
        TimeProvider time)
    {
        var memory = previous?.Memory ?? TopologyMemory.Empty;
        memory = memory with { SystemId = memory.SystemId ?? AgreedSystemId(sightings) };
        memory = memory with { Epoch = NewestEpoch(sightings, memory) };

        Span<bool> claims = stackalloc bool[sightings.Length];
        var claimants = 0;
        for (var i = 0; i < sightings.Length; i++)
        {
            claims[i] = ClaimsNewestEpoch(sightings[i], memory);
            claimants += claims[i] ? 1 : 0;
        }

        if (claimants == 1 && sightings[claims.IndexOf(true)] is { Status: NodeStatus.Online } primary)
        {
            memory = Track(memory, primary);
        }

        var nodes = ImmutableArray.CreateBuilder<NodeDescription>(sightings.Length);
        var changed = previous is null;
        for (var i = 0; i < sightings.Length; i++)
        {
            var node = Describe(endpoints[i], i, sightings[i], claims[i], claimants, memory, previous?.Nodes[i], time);
            changed = changed || node.DiffersFrom(previous!.Nodes[i]);
            nodes.Add(node);
        }

        return new(nodes.MoveToImmutable(), memory, (previous?.Version ?? 0) + (changed ? 1 : 0), changed ? null : previous);
    }

    private static string? AgreedSystemId(ReadOnlySpan<NodeSighting> sightings)
    {
        var votes = new Dictionary<string, int>(StringComparer.Ordinal);
        var everyoneLookedAt = true;
        string? leading = null;
        foreach (var sighting in sightings)
        {
            everyoneLookedAt &= sighting.Status != NodeStatus.Unseen;
            if (sighting.Facts is { } facts)
            {
                votes[facts.SystemId] = votes.GetValueOrDefault(facts.SystemId) + 1;
            }
        }

        // In the order of the configuration, and only a strictly larger count takes the lead: a tie goes to the first.
        foreach (var sighting in sightings)
        {
            if (sighting.Facts is { } facts && (leading is null || votes[facts.SystemId] > votes[leading]))
            {
                leading = facts.SystemId;
            }
        }

        return leading is not null && (everyoneLookedAt || votes[leading] * 2 > sightings.Length) ? leading : null;
    }

    private static long NewestEpoch(ReadOnlySpan<NodeSighting> sightings, TopologyMemory memory)
    {
        var epoch = memory.Epoch;
        foreach (var sighting in sightings)
        {
            if (memory.SystemId is not null && sighting.Facts?.SystemId == memory.SystemId)
            {
                epoch = Math.Max(epoch, sighting.Facts.Epoch);
            }
        }

        return epoch;
    }

    private static bool ClaimsNewestEpoch(NodeSighting sighting, TopologyMemory memory) =>
        sighting.Facts is { IsWritable: true } facts
        && memory.SystemId is not null
        && facts.SystemId == memory.SystemId
        && facts.Epoch == memory.Epoch
        && (sighting.Status is NodeStatus.Online or NodeStatus.Silent);

    private static TopologyMemory Track(TopologyMemory memory, NodeSighting primary)
    {
        var facts = primary.Facts!;
        if (facts.ForkedAt is { } told && (!memory.Forks.TryGetValue(memory.Epoch, out var known) || told < known))
        {
            // The earliest that it ever told: after a crash a primary answers with the end of that recovery instead.
            memory = memory with { Forks = memory.Forks.SetItem(memory.Epoch, told) };
        }

        if (facts is { ForkedAt: { } fork, IsForkCertain: true } && !memory.CertainForks.ContainsKey(memory.Epoch))
        {
            memory = memory with { CertainForks = memory.CertainForks.Add(memory.Epoch, fork) };
        }

        if (memory.TrackedEpoch != memory.Epoch)
        {
            var cut = memory.TrackedEpoch == memory.Epoch - 1 ? facts.ForkedAt : null;
            memory = memory with { TrackedEpoch = memory.Epoch, Track = memory.Track.CutAt(cut) };
        }

        return memory with { Track = memory.Track.Add(primary.AnsweredAt, facts.Position) };
    }

    private static NodeDescription Describe(
        NodeEndpoint endpoint,
        int index,
        NodeSighting sighting,
        bool claims,
        int claimants,
        TopologyMemory memory,
        NodeDescription? previous,
        TimeProvider time)
    {
        var facts = sighting.Facts;
        var (status, reason) = Judge(sighting, claims, claimants, memory);
        var isFollower = facts is { IsWritable: false };
        var role = status != NodeStatus.Online ? NodeRole.Unknown : facts!.IsWritable ? NodeRole.Primary : NodeRole.Replica;
        return new()
        {
            Index = index,
            Endpoint = endpoint,
            Role = role,
            Status = status,
            Reason = reason,
            IsDoubted = sighting.DoubtedAt != 0,
            IsSilent = sighting.Status == NodeStatus.Silent,
            WasWritable = facts?.IsWritable == true,
            Followed = isFollower ? new(facts!.Epoch, facts.IsEpochLowerBound, facts.Position) : previous?.Followed,
            FollowedBefore = isFollower ? previous?.FollowedUntil(facts!.Epoch) : previous?.FollowedBefore,
            SystemId = facts?.SystemId,
            Epoch = facts?.Epoch ?? 0,
            Position = facts?.Position ?? default,
            LogEnd = facts?.Inserted ?? facts?.Position ?? default,
            Lag = role == NodeRole.Replica
                ? memory.Track.LagOf(facts!.Position, sighting.AnsweredAt, facts.ReplayAge, time)
                : null,
            RoundTrip = sighting.RoundTrip.Shortest,
            Connections = facts?.Connections,
            ConnectionLimit = facts?.ConnectionLimit,
            ActiveConnections = facts?.ActiveConnections,
            RisenAt = role == previous?.Role || role == NodeRole.Unknown ? previous?.RisenAt ?? 0
                : previous is null or { Status: NodeStatus.Unseen } ? 0
                : sighting.AnsweredAt,
            SeenAt = sighting.AnsweredAt,
            Session = sighting.Session,
            Fault = sighting.Fault,
            IsLoginRefused = sighting.IsLoginRefused,
        };
    }

    private static (NodeStatus Status, string? Reason) Judge(
        NodeSighting sighting, bool claims, int claimants, TopologyMemory memory)
    {
        if (claims && claimants > 1)
        {
            return (NodeStatus.Contested, $"is one of {claimants} nodes that accept writes in epoch {memory.Epoch}"
                + (sighting.Status == NodeStatus.Silent ? ", and silent now" : ""));
        }

        if (sighting.Status != NodeStatus.Online)
        {
            return (sighting.Status, sighting.Reason ?? "not looked at yet");
        }

        var facts = sighting.Facts!;
        if (memory.SystemId is null)
        {
            return (NodeStatus.Unseen, $"belongs to system {facts.SystemId}; waiting for more nodes to agree on one");
        }

        if (facts.SystemId != memory.SystemId)
        {
            return (NodeStatus.Foreign, $"belongs to system {facts.SystemId}, this group is {memory.SystemId}");
        }

        if (facts.IsWritable && facts.Epoch < memory.Epoch)
        {
            return (NodeStatus.Fenced, $"still accepts writes in epoch {facts.Epoch}, the newest is {memory.Epoch}");
        }

        if (!facts.IsWritable && !facts.IsEpochLowerBound)
        {
            foreach (var (epoch, fork) in memory.Forks)
            {
                if (epoch > facts.Epoch && facts.Position > fork)
                {
                    return (NodeStatus.Diverged, $"is at {facts.Position} in epoch {facts.Epoch}, which epoch {epoch} left at {fork}");
                }
            }
        }

        return (NodeStatus.Online, null);
    }
}
