using ClusterClient.Health;

namespace ClusterClient.Routing;

/// <summary>The second half of a decision: which level, and which node of it. The first has graded every node.</summary>
internal readonly ref struct RouteChoice(
    in RouteRequest request, RouteView view, ReadOnlySpan<NodeState> states, RoutingPolicy policy, ReadOnlySpan<byte> grades)
{
    private readonly ref readonly RouteRequest _request = ref request;
    private readonly RouteView _view = view;
    private readonly ReadOnlySpan<NodeState> _states = states;
    private readonly RoutingPolicy _policy = policy;
    private readonly ReadOnlySpan<byte> _grades = grades;

    public int AmongFit(in RouteCensus census)
    {
        Span<ushort> indices = stackalloc ushort[_grades.Length];
        var home = Home(census, out var isInPanic);
        var chosen = Pick(home, isInPanic, indices);
        for (var level = home + 1; level < RouteFilter.Levels && !_request.IsForAnother; level++)
        {
            if (census.Healthy[level] > 0 && Distance.MayBeWorth(_request, _view, _states, chosen, home, census.RoundTrip[level], level)
                && Pick(level, orSick: false, indices) is var farther
                && Distance.IsWorth(_request, _view, _states, chosen, home, farther, level))
            {
                (chosen, home) = (farther, level);
            }
        }

        return chosen;
    }

    /// <summary>Those of the best verdict that there is: where all have something against them, or one is due for its trial. The nearest.</summary>
    public int AmongAlike(RouteVerdict least)
    {
        Span<ushort> indices = stackalloc ushort[_grades.Length];
        for (var level = 0; level < RouteFilter.Levels; level++)
        {
            var count = Collect(least, level, indices, 0);
            if (count > 0)
            {
                return Pick(indices[..count]);
            }
        }

        return -1;
    }

    // The level whose part of the load this request is.
    private int Home(in RouteCensus census, out bool isInPanic)
    {
        isInPanic = false;
        var first = 0;
        while (census.Total[first] == 0)
        {
            first++;
        }

        if (LevelShares.CarriesAll(census.Healthy[first], census.Total[first]))
        {
            return first;
        }

        Span<int> shares = stackalloc int[RouteFilter.Levels];
        var possible = LevelShares.Distribute(census.Healthy, census.Total, shares);
        // A multiple of the turn, so that neighbouring requests, which go by turns inside a level, are not cut off as a block.
        var ticket = (int)(_request.Turn * 61 % 100);
        var home = first;
        for (var level = first; level < RouteFilter.Levels; level++)
        {
            home = shares[level] > 0 ? level : home;
            ticket -= shares[level];
            if (ticket < 0)
            {
                break;
            }
        }

        isInPanic = LevelShares.IsInPanic(census.Healthy[home], census.Total[home], possible);
        return home;
    }

    private int Pick(int level, bool orSick, Span<ushort> indices)
    {
        var count = Collect(RouteVerdict.Eligible, level, indices, 0);
        if (orSick)
        {
            count = Collect(RouteVerdict.NearLimit, level, indices, count);
            count = Collect(RouteVerdict.Ejected, level, indices, count);
        }

        // Where only nodes are left whose turn it is not yet, one of them has it all the same.
        count = count > 0 ? count : Collect(RouteVerdict.SlowStart, level, indices, 0);
        return Pick(indices[..count]);
    }

    private int Collect(RouteVerdict verdict, int level, Span<ushort> indices, int count)
    {
        var grade = Router.Grade(verdict, level);
        var grades = _grades;
        foreach (var i in _view.Order)
        {
            if (grades[i] == grade)
            {
                indices[count++] = i;
            }
        }

        return count;
    }

    private int Pick(ReadOnlySpan<ushort> indices) => Router.Pick(indices, _request, _view, _states, _policy);
}
