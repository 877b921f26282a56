using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Health;
using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

/// <summary>
/// A cluster as routing sees it, written down with a word a node as in <see cref="RoutingWord"/>, and decisions about it. Nodes are
/// .3 ms away in the region that the process stands in and 12 ms in others; without such a region all are near.
/// </summary>
internal sealed class RoutingTable
{
    private readonly NodeSelector _selector;
    private readonly ImmutableArray<RoutingWord> _words;
    private readonly string? _here;

    public RoutingTable(
        string nodes,
        string? here = null,
        RoutingPolicy? policy = null,
        ManualTimeProvider? time = null,
        LocalitySettings? settings = null,
        TimeSpan seenAgo = default,
        bool isFleet = false)
    {
        Time = time ?? new();
        _here = here = here?.Split(':')[0];
        _words = [.. nodes.Split(' ').Select(w => new RoutingWord(w))];
        Geography = new(_words.Select((w, i) => w.Endpoint(i)));
        Topology = Snapshot();
        Settings = (settings ?? new()) with { PerWeight = [.. _words.Select(w => 1 / w.Weight)] };
        var peers = _words.Index().Select(w => w.Item.Endpoint(w.Index).Region).Distinct().ToDictionary(r => r, _ => new PeerState(isFleet));
        States = [.. _words.Select((w, i) => w.State(Clock.Now, w.RoundTrip(here), peers[w.Endpoint(i).Region]))];
        _selector = new(
            Geography,
            new() { Freshness = new Freshness(TimeSpan.FromSeconds(10)), Locality = Settings, Policy = policy ?? new LatencyScored() },
            States,
            Time);

        ClusterTopology Snapshot() =>
            new([.. _words.Select((w, i) => w.Describe(i, w.RoundTrip(here), seenAgo, Time))], TopologyMemory.Empty with { Epoch = 1 }, 1);
    }

    public ManualTimeProvider Time { get; }

    public HealthClock Clock => new(Time);

    public Geography Geography { get; }

    public LocalitySettings Settings { get; }

    public ClusterTopology Topology { get; }

    public ImmutableArray<NodeState> States { get; }

    public NodeSelector Selector => _selector;

    public RouteView View => _selector.View(Topology);

    /// <summary>
    /// A request in words: <c>write</c> or <c>read</c>, then the caller's region or region:zone, <c>replicas</c> for those alone, and
    /// <c>-us</c> for a region that is denied.
    /// </summary>
    public RouteRequest Request(string words, uint turn = 0) =>
        Scope(words).Request(
            _selector.Terms with { ReadsMayUsePrimary = !words.Contains("replicas", StringComparison.Ordinal) },
            words.StartsWith("write", StringComparison.Ordinal) ? RouteIntent.Write : RouteIntent.Read,
            turn,
            Clock.Now);

    public RouteScope Scope(string words)
    {
        var denied = words.Split(' ').Where(w => w[0] == '-').Aggregate(0ul, (bits, w) => bits | (1ul << Geography.Locate(w[1..], null).Region));
        var place = Place(words)?.Split(':');
        return new()
        {
            Caller = Geography.Locate(place?[0], place?.ElementAtOrDefault(1)),
            CallerRegion = place?[0],
            Here = Geography.Locate(_here, null),
            Denied = denied,
        };
    }

    /// <summary>The caller's place in the words of a request, or null.</summary>
    public static string? Place(string request) => request.Split(' ').Skip(1).FirstOrDefault(w => w != "replicas" && w[0] != '-');

    public int Choose(string request, uint turn = 0) => _selector.Choose(Request(request, turn), Topology);

    /// <summary>How often each node is chosen in so many turns, in the order of the nodes.</summary>
    public int[] Frequencies(string request, int turns)
    {
        var counts = new int[_words.Length];
        for (uint turn = 0; turn < turns; turn++)
        {
            counts[Choose(request, turn)]++;
        }

        return counts;
    }
}
