using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Health;
using ClusterClient.Routing;
using ClusterClient.Routing.Policies;
using ClusterClient.Topology;

namespace ClusterClient.Simulation.Clients.Library;

/// <summary>
/// The library itself as a client: its router, its policies and its health memory, as a data source drives them, under virtual time.
/// </summary>
internal sealed class LibraryClient : ClientPolicy
{
    /// <summary>As often as a data source looks for outliers, in µs.</summary>
    private const long SweepInterval = 1_000_000;

    private readonly RoutingPolicy _policy;
    private readonly ClientSetup _setup;
    private readonly NodeState[] _states;
    private readonly Group[] _groups;
    private readonly RouteScope _scope;
    private readonly RouteTerms _terms;
    private readonly ClusterTopology _topology;
    private readonly OutlierDetector _outliers;
    private long _sweptAt;
    private uint _turn;

    public LibraryClient(ClientSetup setup, RoutingPolicy policy)
    {
        _setup = setup;
        _policy = policy;
        // Processes do not start in step.
        _turn = (uint)setup.Seed;
        var peers = setup.Regions.GroupBy(r => r).ToDictionary(r => r.Key, r => new PeerState(isFleet: ScanOrder.Part(r.Count()) < r.Count()));
        _states = [.. setup.Regions.Select(r => new NodeState(peers[r]))];
        ImmutableArray<NodeEndpoint> endpoints =
            [.. Enumerable.Range(0, setup.Servers).Select(s => new NodeEndpoint($"db-{s}", 5432, setup.Regions[s], setup.Zones[s]))];
        var geography = new Geography(endpoints);
        var here = geography.Locate(setup.Region, setup.Zone);
        _scope = new() { Caller = here, Here = here };
        _terms = new() { Freshness = new Freshness(TimeSpan.FromSeconds(10)), Policy = policy };
        _topology = Group.Topology([.. Enumerable.Range(0, setup.Servers)], endpoints, setup);
        _outliers = new([.. _states], new(TimeProvider.System), OutlierSettings.Default);
        _groups = [.. setup.Groups.Select(g => new Group(g, endpoints, geography, setup, _states))];
    }

    public override int Choose(int group, long now)
    {
        if (now - _sweptAt >= SweepInterval)
        {
            Sweep(now);
        }

        var (servers, view, states) = _groups[group];
        return servers[Router.Choose(_scope.Request(_terms, RouteIntent.Read, ++_turn, now), view, states, _policy)];
    }

    public override void OnSent(int server, long now) => _states[server].Begin(now);

    public override void OnDone(int server, long sentAt, long now, bool failed, in ServerFeedback feedback)
    {
        if (_outliers.IsAlarming(_states[server].Complete(sentAt, now, _setup.RoundTrips[server], failed)))
        {
            Sweep(now);
        }
    }

    private void Sweep(long now)
    {
        _outliers.Sweep(_topology, now);
        _sweptAt = now;
    }

    private sealed class Group
    {
        private readonly int[] _servers;
        private readonly RouteView _view;
        private readonly NodeState[] _states;

        public Group(int[] servers, ImmutableArray<NodeEndpoint> endpoints, Geography geography, ClientSetup setup, NodeState[] states)
        {
            _servers = servers;
            _states = [.. servers.Select(s => states[s])];
            _view = new(Topology(servers, endpoints, setup), geography, new() { Ordinal = setup.Ordinal }, new(TimeProvider.System), null);
        }

        public static ClusterTopology Topology(int[] servers, ImmutableArray<NodeEndpoint> endpoints, ClientSetup setup) => new(
            [.. servers.Select((s, i) => new NodeDescription
            {
                Index = i,
                Endpoint = endpoints[s],
                Role = NodeRole.Replica,
                Status = NodeStatus.Online,
                RoundTrip = TimeSpan.FromMicroseconds(setup.RoundTrips[s]),
            })],
            TopologyMemory.Empty,
            version: 1);

        public void Deconstruct(out int[] servers, out RouteView view, out NodeState[] states) =>
            (servers, view, states) = (_servers, _view, _states);
    }
}
