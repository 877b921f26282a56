using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using ClusterClient.Consistency;
using ClusterClient.Health;
using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Topology;

namespace ClusterClient.Benchmarks.Route;

/// <summary>Groups of nodes, a primary and replicas over four regions and three zones each, as opening a connection asks about them.</summary>
public class RouteBenchmarks
{
    private static readonly string[] Regions = ["eu-central", "eu-west", "us-east", "us-west"];

    private RouteRequest _write;
    private RouteRequest _read;
    private RouteRequest _readAnywhere;
    private RouteRequest _readFromAfar;
    private ClusterTopology _well = null!;
    private ClusterTopology _sick = null!;
    private NodeSelector _selector = null!;
    private NodeSelector _selectorOfSick = null!;
    private uint _turn;

    /// <summary>How many nodes there are.</summary>
    [Params(5, 100)]
    public int Nodes { get; set; }

    /// <summary>Builds the snapshots.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _well = Topology(doubted: false);
        _sick = Topology(doubted: true);
        var geography = new Geography(_well.Nodes.Select(n => n.Endpoint));
        ImmutableArray<NodeState> states = [.. Enumerable.Range(0, Nodes).Select(_ => new NodeState())];
        var terms = new RouteTerms { Freshness = new(TimeSpan.FromSeconds(10)), ReadsMayUsePrimary = true, Policy = new LatencyScored() };
        // One for each: a view is made anew when the snapshot changes.
        _selector = new(geography, terms, states, TimeProvider.System);
        _selectorOfSick = new(geography, terms, states, TimeProvider.System);
        var now = _selector.Clock.Now;
        _read = new() { Intent = RouteIntent.Read, Freshness = new(TimeSpan.FromSeconds(10)), Caller = geography.Locate("eu-west", null), ReadsMayUsePrimary = true, Now = now };
        _write = _read with { Intent = RouteIntent.Write };
        _readAnywhere = _read with { Caller = Location.Nowhere };
        _readFromAfar = _read with { Caller = geography.Locate("ap-east", null) };
        foreach (var state in states)
        {
            // Known and busy, and equally so: no node is good enough for the others to be left unlooked at. What was heard of them is
            // two seconds old, as it is of most nodes of a large fleet.
            state.Begin(now - 2_002_000);
            state.Complete(now - 2_002_000, now - 2_000_000, roundTrip: 300, faulted: false);
            state.Begin(now);
        }
    }

    /// <summary>The primary.</summary>
    [Benchmark]
    public int Write() => _selector.Choose(_write with { Turn = _turn++ }, _well);

    /// <summary>A replica of the caller's region.</summary>
    [Benchmark]
    public int Read() => _selector.Choose(_read with { Turn = _turn++ }, _well);

    /// <summary>A replica, wherever.</summary>
    [Benchmark]
    public int ReadAnywhere() => _selector.Choose(_readAnywhere with { Turn = _turn++ }, _well);

    /// <summary>A replica of another region, because the caller's has none: every node has to be judged.</summary>
    [Benchmark]
    public int ReadFromAfar() => _selector.Choose(_readFromAfar with { Turn = _turn++ }, _well);

    /// <summary>Every node is doubted: one of them all the same.</summary>
    [Benchmark]
    public int ReadWhileAllAreSick() => _selectorOfSick.Choose(_read with { Turn = _turn++ }, _sick);

    private ClusterTopology Topology(bool doubted) => new(
        [.. Enumerable.Range(0, Nodes).Select(i => new NodeDescription
        {
            Index = i,
            Endpoint = new($"db-{i}", 5432, new(Regions[i % Regions.Length]), $"{Regions[i % Regions.Length]}-{i % 3}"),
            Role = i == 0 ? NodeRole.Primary : NodeRole.Replica,
            Status = NodeStatus.Online,
            IsDoubted = doubted,
            Lag = TimeSpan.FromMilliseconds(i),
            RoundTrip = TimeSpan.FromMilliseconds(Regions[i % Regions.Length] == "eu-west" ? 0.3 : 12),
        })],
        TopologyMemory.Empty,
        version: 1);
}
