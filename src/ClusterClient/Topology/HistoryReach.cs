using System.Collections.Immutable;

namespace ClusterClient.Topology;

/// <summary>How much of every earlier history the present primary has, from one failover to the next. Immutable.</summary>
/// <remarks>
/// <para>
/// A new primary has of the history before it what it had received when it was promoted. Where it says that this was (the fork) is only
/// an upper bound: after a crash it names the end of that recovery instead, which hides the fork and makes it look later. So
/// <c>Limit = min(what was told)</c> always holds, while <c>Proven</c> is the fork only if that is certain, and if the monitor saw the node
/// follow the history before: it may have come from an older one. Otherwise the last position at which it was seen to follow the
/// history is the proof that there is.
/// </para>
/// <para>
/// Over several failovers both are the least on the way: what the second history did not have, the third cannot have from it. A replica
/// that slept through the second failover and comes to power in the third has less of the first history than the second had; its own
/// fork, or where it was last seen, tells. Where epochs were skipped that nobody saw, the fork that is told is not the one that is asked for,
/// and proves nothing. Another primary in the same epoch is one of two that were promoted alike: nothing is known of what they share.
/// </para>
/// </remarks>
internal sealed class HistoryReach
{
    public static readonly HistoryReach Empty = new(null, ImmutableDictionary<History, Reach>.Empty);

    private readonly ImmutableDictionary<History, Reach> _earlier;

    private HistoryReach(History? present, ImmutableDictionary<History, Reach> earlier) => (Present, _earlier) = (present, earlier);

    /// <summary>The history that is written now, or was last; null before the first primary.</summary>
    public History? Present { get; }

    public Reach Of(History history) => history == Present ? Reach.Whole : _earlier.GetValueOrDefault(history);

    /// <summary>The same after this snapshot, which is to follow the one before without any left out.</summary>
    public HistoryReach After(ClusterTopology topology)
    {
        if (topology.Primary is not { } primary || new History(primary.Epoch, primary.Index) == Present)
        {
            return this;
        }

        var next = new History(primary.Epoch, primary.Index);
        if (Present is not { } last)
        {
            return new(next, _earlier);
        }

        var fork = topology.Memory.Forks.TryGetValue(next.Epoch, out var told) ? told : (LogPosition?)null;
        var seen = primary.FollowedUntil(next.Epoch);
        var followed = seen?.EpochBefore(next.Epoch);
        LogPosition? ofLast = followed != last.Epoch ? null
            : next.Epoch == last.Epoch + 1 && topology.Memory.CertainForks.TryGetValue(next.Epoch, out var certain) ? certain
            : seen!.Value.Position;
        var reaches = _earlier.SetItem(last, Reach.Whole);
        return new(next, reaches.Remove(next).ToImmutableDictionary(e => e.Key, e => Step(e.Key, e.Value)));

        Reach Step(History history, Reach reach)
        {
            if (history.Epoch >= next.Epoch)
            {
                return default;
            }

            var proven = Least(reach.Proven, ofLast, none: null);
            if (followed == history.Epoch && !reaches.Keys.Any(h => h.Epoch == history.Epoch && h != history))
            {
                proven = proven > seen!.Value.Position ? proven : seen.Value.Position;
            }

            return new(proven, Least(reach.Limit, fork, none: reach.Limit ?? fork));
        }
    }

    private static LogPosition? Least(LogPosition? a, LogPosition? b, LogPosition? none) =>
        a is null || b is null ? none : a < b ? a : b;
}
