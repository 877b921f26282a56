using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using ClusterClient.Consistency;
using ClusterClient.Health;
using ClusterClient.Routing;
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
    private ImmutableArray<NodeState> _health;
    private uint _turn;

    /// <summary>How many nodes there are.</summary>
    [Params(5, 100)]
    public int Nodes { get; set; }

    /// <summary>Builds the snapshots.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _read = new() { Intent = RouteIntent.Read, Freshness = new(TimeSpan.FromSeconds(10)), Region = new("eu-west"), ReadsMayUsePrimary = true };
        _write = _read with { Intent = RouteIntent.Write };
        _readAnywhere = _read with { Region = null };
        _readFromAfar = _read with { Region = "ap-east" };
        _well = Topology(doubted: false);
        _sick = Topology(doubted: true);
        _health = [.. Enumerable.Range(0, Nodes).Select(_ => new NodeState())];
        foreach (var node in _health)
        {
            // Busy, and equally so: no node is good enough for the others to be left unlooked at.
            node.Begin();
        }
    }

    /// <summary>The primary.</summary>
    [Benchmark]
    public int Write() => Router.Choose(_write with { Turn = _turn++ }, _well, _health);

    /// <summary>A replica of the caller's region.</summary>
    [Benchmark]
    public int Read() => Router.Choose(_read with { Turn = _turn++ }, _well, _health);

    /// <summary>A replica, wherever.</summary>
    [Benchmark]
    public int ReadAnywhere() => Router.Choose(_readAnywhere with { Turn = _turn++ }, _well, _health);

    /// <summary>A replica of another region, because the caller's has none: every node has to be judged.</summary>
    [Benchmark]
    public int ReadFromAfar() => Router.Choose(_readFromAfar with { Turn = _turn++ }, _well, _health);

    /// <summary>Every node is doubted: one of them all the same.</summary>
    [Benchmark]
    public int ReadWhileAllAreSick() => Router.Choose(_read with { Turn = _turn++ }, _sick, _health);

    private ClusterTopology Topology(bool doubted) => new(
        [.. Enumerable.Range(0, Nodes).Select(i => new NodeDescription
        {
            Index = i,
            Endpoint = new($"db-{i}", 5432, new(Regions[i % Regions.Length]), $"{Regions[i % Regions.Length]}-{i % 3}"),
            Role = i == 0 ? NodeRole.Primary : NodeRole.Replica,
            Status = NodeStatus.Online,
            IsDoubted = doubted,
            Lag = TimeSpan.FromMilliseconds(i),
        })],
        TopologyMemory.Empty,
        version: 1);
}
