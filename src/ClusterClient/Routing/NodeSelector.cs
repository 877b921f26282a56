using System.Collections.Immutable;
using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Routing;

/// <summary>What decides for one data source: its geography, its terms, and the memory of its nodes. Thread-safe.</summary>
internal sealed class NodeSelector(Geography geography, RouteTerms terms, ImmutableArray<NodeState> states, TimeProvider time)
{
    private readonly HealthClock _clock = new(time);
    private RouteTerms _terms = terms;
    private RouteView? _view;
    private uint _turn;

    public Geography Geography => geography;

    public HealthClock Clock => _clock;

    /// <summary>What decisions follow now. Setting it holds for every decision from then on, of views that were made before too.</summary>
    public RouteTerms Terms
    {
        get => Volatile.Read(ref _terms);
        set => Volatile.Write(ref _terms, value);
    }

    public RoutingPolicy Policy => Terms.Policy;

    public ImmutableArray<NodeState> States => states;

    /// <remarks>
    /// Only reads take turns, so only they count: were writes to count as well, reads that alternate with them would all meet the same
    /// turn of two replicas.
    /// </remarks>
    public RouteRequest Request(RouteScope scope, RouteIntent intent) =>
        scope.Request(Terms, intent, intent == RouteIntent.Read ? Interlocked.Increment(ref _turn) : 0, _clock.Now);

    /// <summary>A request that takes nobody's turn, to explain what the next one would be given.</summary>
    public RouteRequest Peek(RouteScope scope, RouteIntent intent) =>
        scope.Request(Terms, intent, Volatile.Read(ref _turn) + 1, _clock.Now);

    /// <summary>How many calls ended at all nodes in the ten seconds until now, in µs: in an answer or in a fault of the node's.</summary>
    public long CallsEnded(long now)
    {
        var ended = 0L;
        foreach (var state in states)
        {
            ended += state.Tally(now, long.MinValue).Calls;
        }

        return ended;
    }

    /// <summary>The index of the chosen node, or -1.</summary>
    public int Choose(in RouteRequest request, ClusterTopology topology)
    {
        var now = Terms;
        return Router.Choose(request, View(topology, now.Locality), states.AsSpan(), now.Policy);
    }

    /// <summary>The snapshot as decisions read it; made by the first that meets it.</summary>
    public RouteView View(ClusterTopology topology) => View(topology, Terms.Locality);

    private RouteView View(ClusterTopology topology, LocalitySettings locality)
    {
        var view = Volatile.Read(ref _view);
        if (ReferenceEquals(view?.Topology, topology) && ReferenceEquals(view.Settings, locality))
        {
            return view;
        }

        // Two may make it at the same time; they are alike, and either may stay.
        view = new(topology, geography, locality, _clock, view);
        Volatile.Write(ref _view, view);
        return view;
    }
}
