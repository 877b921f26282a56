using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>
/// All of a read's decision that follows from the snapshot and the kind of request alone, worked out once for both: which nodes are fit,
/// by level. A decision then has only the policy's pick left to do.
/// </summary>
/// <remarks>
/// It holds while the nodes' own health adds nothing, see <see cref="IsQuiet"/>; otherwise, and where it is not so simple that the
/// nearest level carries all its load, the router goes through every node again. Both ways come to the same. Immutable.
/// </remarks>
internal sealed class RoutePlan
{
    private readonly RouteRequest _kind;
    private readonly ushort[][] _levels;
    private readonly float[] _roundTrips;
    private readonly ushort[] _representatives;
    private readonly long _quietFrom = SlowStart.LongAgo;
    private readonly int _home;

    public RoutePlan(in RouteRequest request, RouteView view)
    {
        _kind = request;
        var levels = new List<ushort>[RouteFilter.Levels];
        var memory = new float[RouteCensus.Size];
        var census = new RouteCensus(memory);
        var healthy = new NodeState();
        var nearest = request.Caller.IsNowhere ? -1 : view.NearestTo(request);
        List<ushort> representatives = [];
        foreach (var i in view.Order)
        {
            ref readonly var slot = ref view.Slots[i];
            var settled = slot with { RisenAt = SlowStart.LongAgo };
            var verdict = RouteFilter.Judge(request, settled, healthy);
            var level = RouteFilter.Level(request.Caller, nearest, slot);
            census.Count(verdict, level, slot);
            if (verdict != RouteVerdict.Eligible)
            {
                continue;
            }

            (levels[level] ??= []).Add(i);
            _quietFrom = Math.Max(_quietFrom, slot.RisenAt + SlowStart.Window);
            var region = slot.Region;
            if (!representatives.Exists(r => view.Slots[r].Region == region))
            {
                representatives.Add(i);
            }
        }

        _levels = [.. levels.Select(l => l?.ToArray() ?? [])];
        _roundTrips = census.RoundTrip.ToArray();
        _representatives = [.. representatives];
        while (_home < RouteFilter.Levels && census.Total[_home] == 0)
        {
            _home++;
        }

        IsSimple = _home < RouteFilter.Levels && LevelShares.CarriesAll(census.Healthy[_home], census.Total[_home]);
    }

    /// <summary>Whether the nearest level carries all its load, so that this is the whole decision.</summary>
    public bool IsSimple { get; }

    /// <summary>Whether the plan is for requests like this one, which has no write of its own to see.</summary>
    public bool Fits(in RouteRequest request) =>
        _kind.Caller == request.Caller && _kind.Denied == request.Denied && _kind.Freshness == request.Freshness
        && _kind.IsForAnother == request.IsForAnother && _kind.ReadsMayUsePrimary == request.ReadsMayUsePrimary;

    /// <summary>Whether no node is ejected or starts slowly, and all circuits are closed.</summary>
    public bool IsQuiet(ReadOnlySpan<NodeState> states, long now)
    {
        foreach (var index in _representatives)
        {
            var peers = states[index].Peers;
            if (peers.HasGates || !SlowStart.IsOver(peers.EjectedUntil, now))
            {
                return false;
            }
        }

        return now >= _quietFrom;
    }

    public int Choose(in RouteRequest request, RouteView view, ReadOnlySpan<NodeState> states, RoutingPolicy policy)
    {
        var from = _home;
        var chosen = Router.Pick(_levels[from], request, view, states, policy);
        for (var to = from + 1; to < RouteFilter.Levels && !request.IsForAnother; to++)
        {
            if (_levels[to].Length > 0 && Distance.MayBeWorth(request, view, states, chosen, from, _roundTrips[to], to)
                && Router.Pick(_levels[to], request, view, states, policy) is var farther
                && Distance.IsWorth(request, view, states, chosen, from, farther, to))
            {
                (chosen, from) = (farther, to);
            }
        }

        return chosen;
    }
}
