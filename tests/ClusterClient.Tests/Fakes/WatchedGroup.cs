using System.Collections.Immutable;
using ClusterClient.Resilience;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterClient.Tests.Fakes;

/// <summary>A monitor whose loops really look, at in-memory servers and on the test's clock.</summary>
internal sealed class WatchedGroup : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan ProbeTimeout = TimeSpan.FromMilliseconds(900);

    private static readonly MonitorSettings Settings = new()
    {
        Interval = Interval,
        ProbeTimeout = ProbeTimeout,
        IsLoginRefusal = static e => e is FakeFault { Kind: FaultKind.Rejected },
    };

    public WatchedGroup(params string[] answers)
    {
        Servers = [.. answers.Select(a =>
        {
            var server = new FakeServer();
            server.Answers(a);
            return server;
        })];
        var driver = new FakeDriver(Servers, Clock);
        var endpoints = TopologyScript.Nodes(answers.Length);
        ImmutableArray<Drivers.NodeDriver> nodes = [.. endpoints.Select(driver.CreateNode)];
        Monitor = new(
            endpoints, i => nodes[i].CreateProbe(), Settings, Clock,
            new ScriptedRandom(0.1, 0.7, 0.4), NullLogger.Instance);
    }

    public ManualTimeProvider Clock { get; } = new();

    public ImmutableArray<FakeServer> Servers { get; }

    public TopologyMonitor Monitor { get; }

    public ClusterTopology Now => Monitor.Current;

    public NodeDescription this[int node] => Now.Nodes[node];

    /// <summary>Starts, and returns once every node that answers idles at the calm interval.</summary>
    public async Task<WatchedGroup> CalmAsync()
    {
        Monitor.Start();
        await Until.TrueAsync(Clock, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(20), () => Servers.All(IsCalm));
        return this;
    }

    /// <summary>Looks at a server so far, over all the monitor's connections to it.</summary>
    public int Looks(int node) => Probes(node).Sum(p => p.Looks);

    public ImmutableArray<FakeProbe> Probes(int node)
    {
        lock (Servers[node].Probes)
        {
            return [.. Servers[node].Probes];
        }
    }

    public ImmutableArray<double> Pauses(int node) => [.. Probes(node).SelectMany(p =>
    {
        lock (p.Watches)
        {
            return p.Watches.Select(w => w.TotalMilliseconds).ToArray();
        }
    })];

    public async ValueTask DisposeAsync() => await Monitor.DisposeAsync().AsTask().Soon();

    private bool IsCalm(FakeServer server) =>
        Probes(Servers.IndexOf(server)) is [.., { IsWatched: true }] && Pauses(Servers.IndexOf(server))[^1] > 100;
}
