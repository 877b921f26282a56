using ClusterClient.Consistency;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>A caller's wish, with everything that the decision depends on besides topology and health.</summary>
internal readonly record struct RouteRequest
{
    /// <summary>Never <see cref="RouteIntent.Auto"/>.</summary>
    public required RouteIntent Intent { get; init; }

    public required Freshness Freshness { get; init; }

    /// <summary>Where the caller, or the user it works for, stands.</summary>
    public Location Caller { get; init; }

    /// <summary>
    /// The caller stands in another region than this process: what is near to here is not near to there, so that its requests leave
    /// their level for its health alone, not for a round trip that was measured from here.
    /// </summary>
    public bool IsForAnother { get; init; }

    /// <summary>A bit for each region of the geography where this intent may not go.</summary>
    public ulong Denied { get; init; }

    /// <summary>Whether a read may go to the primary when no replica can serve it.</summary>
    public bool ReadsMayUsePrimary { get; init; }

    /// <summary>What a read must show; null for nothing in particular.</summary>
    public WriteToken? After { get; init; }

    /// <summary>Whether nobody but the primary has what a read must show; it is read from then, whatever <see cref="ReadsMayUsePrimary"/> says.</summary>
    public bool NeedsPrimary { get; init; }

    /// <summary>Counts up from call to call, so that equals take turns.</summary>
    public uint Turn { get; init; }

    /// <summary>
    /// One more than the index of the node where the same call has just failed: any other that can serve is better. 0 when there is none.
    /// </summary>
    public int Avoid { get; init; }

    /// <summary>The time of the decision, in µs.</summary>
    public long Now { get; init; }

    /// <summary>The same, as far as what it must show is known by this snapshot.</summary>
    public RouteRequest In(ClusterTopology topology) => After?.In(topology) is not { } after ? this
        : this with { After = after, NeedsPrimary = !after.IsHadByAny(topology) };

    /// <summary>Whether the region rule keeps this request off the node.</summary>
    public bool Denies(in NodeSlot slot) => (Denied >> slot.Region & 1) != 0;
}
