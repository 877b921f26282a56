using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using ClusterClient.Diagnostics;
using ClusterClient.Drivers;
using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>The numbers that are asked for: read from the snapshots, the nodes' health and the lines whenever somebody collects.</summary>
/// <remarks>
/// Nothing is done for them until then. A meter may outlive the data source, where a container owns it; from the end on there are no more
/// measurements, and nothing is held.
/// </remarks>
internal sealed class ClusterGauges : IDisposable
{
    private readonly ImmutableArray<NodeTags> _tags;
    private ConnectionOpener? _opener;

    public ClusterGauges(ClusterMeter meter, ConnectionOpener opener)
    {
        _opener = opener;
        _tags = [.. opener.Nodes.Select(n => meter.TagsOf(n.Index))];
        var to = meter.Meter;
        to.CreateObservableUpDownCounter(
            "clusterclient.calls.in_flight", () => EachNode<long>(static (_, n) => n.State.InFlight), "{call}",
            "Opens and commands of this process at a node, and connections that were opened for a first command which has not come yet.");
        to.CreateObservableGauge(
            "clusterclient.calls.limit", () => EachNode<long>(static (_, n) => n.State.Limit is < int.MaxValue and var limit ? limit : null), "{call}",
            "How many calls a node is given at a time before further opens wait for their turn.");
        to.CreateObservableUpDownCounter(
            "clusterclient.queue.length", () => EachNode<long>(static (_, n) => n.State.Waiting), "{call}", "Opens that wait for their turn at a node.");
        to.CreateObservableUpDownCounter(
            "clusterclient.connections.open", () => EachNode<long>(static (_, n) => n.State.Connections), "{connection}",
            "Connections to a node that this process has opened or is opening.");
        to.CreateObservableUpDownCounter(
            "clusterclient.connects.in_progress", () => EachNode<long>(static (_, n) => n.Connects.Connecting), "{connection}",
            "Physical connections to a node that are being made.");
        to.CreateObservableUpDownCounter(
            "clusterclient.failover.waiting", () => Whole<long>(static o => o.Waiting), "{call}", "Opens that wait for a node, because there is none.");
        to.CreateObservableGauge(
            "clusterclient.node.service_time", () => EachNode<double>(static (o, n) => Seconds(ServiceOf(o, n))), "s",
            "The server's part of a call, as it is expected now.");
        to.CreateObservableGauge(
            "clusterclient.node.round_trip", () => EachNode<double>(static (o, n) => Seen(o, n)?.RoundTrip.TotalSeconds), "s", "The network's part of a call.");
        to.CreateObservableGauge(
            "clusterclient.node.lag", () => EachNode<double>(static (o, n) => Seen(o, n)?.Lag?.TotalSeconds), "s",
            "How far a replica was behind the primary at most, when it was seen last.");
        to.CreateObservableGauge("clusterclient.node.status", Statuses, "{node}", "1, with what the monitor holds of the node.");
        to.CreateObservableGauge(
            "clusterclient.circuit.state", () => EachNode<long>(static (_, n) => StateOf(n.State.Gate.Status)), "{state}",
            "A node's circuit: 0 closed, 1 half-open, 2 open, 3 isolated.");
        to.CreateObservableGauge(
            "clusterclient.node.ejected", () => EachNode<long>(static (o, n) => n.State.IsEjected(o.Clock.Now) ? 1 : 0), "{node}",
            "1 while a replica is kept out as an outlier.");
        to.CreateObservableGauge(
            "clusterclient.retry.budget", () => Whole<double>(static o => o.Retries.IsOff ? null : o.Retries.Budget.Left(o.Clock.Now)), "{retry}",
            "How many retries and hedges may be made now.");
        to.CreateObservableGauge("clusterclient.epoch", () => Whole<long>(static o => o.Topology.Epoch), "{epoch}", "The newest epoch that is known.");
        if ((opener.Driver.Telemetry & DriverTelemetry.ConnectionCount) == 0)
        {
            to.CreateObservableUpDownCounter("db.client.connection.count", Used, "{connection}", "Connections that are in use.");
            to.CreateObservableUpDownCounter("db.client.connection.max", Most, "{connection}", "How many a pool may hold.");
        }
    }

    /// <summary>Nothing is measured any more.</summary>
    public void Dispose() => Volatile.Write(ref _opener, null);

    private IEnumerable<Measurement<T>> EachNode<T>(Func<ConnectionOpener, ClusterNode, T?> read)
        where T : struct
    {
        if (Volatile.Read(ref _opener) is not { } opener)
        {
            yield break;
        }

        foreach (var node in opener.Nodes)
        {
            if (read(opener, node) is { } value)
            {
                yield return new(value, _tags[node.Index].All);
            }
        }
    }

    private IEnumerable<Measurement<T>> Whole<T>(Func<ConnectionOpener, T?> read)
        where T : struct
    {
        if (Volatile.Read(ref _opener) is { } opener && read(opener) is { } value)
        {
            yield return new(value, new KeyValuePair<string, object?>(TagNames.Cluster, opener.Cluster));
        }
    }

    private IEnumerable<Measurement<long>> Statuses()
    {
        if (Volatile.Read(ref _opener) is not { } opener)
        {
            yield break;
        }

        foreach (var node in opener.Topology.Nodes)
        {
            yield return new(1, [
                .. _tags[node.Index].All,
                new(TagNames.Role, $"{node.Role}".ToLowerInvariant()),
                new(TagNames.Status, $"{node.Status}".ToLowerInvariant())]);
        }
    }

    private IEnumerable<Measurement<long>> Used() => (Volatile.Read(ref _opener)?.Nodes ?? []).Select(
        n => new Measurement<long>(n.State.Connections, [.. _tags[n.Index].OfPool, new(TagNames.ConnectionState, "used")]));

    private IEnumerable<Measurement<long>> Most() => (Volatile.Read(ref _opener)?.Nodes ?? []).Where(n => n.Driver.PoolLimit > 0).Select(
        n => new Measurement<long>(n.Driver.PoolLimit!.Value, _tags[n.Index].OfPool));

    private static NodeDescription? Seen(ConnectionOpener opener, ClusterNode node) =>
        opener.Topology.Nodes[node.Index] is { Status: NodeStatus.Online } seen ? seen : null;

    private static float? ServiceOf(ConnectionOpener opener, ClusterNode node) =>
        node.State.Load(opener.Clock.Now, opener.RoundTripTo(node)) is { IsKnown: true } load ? load.Service : null;

    private static double? Seconds(float? microseconds) => microseconds / 1_000_000;

    private static long StateOf(CircuitStatus status) => status switch
    {
        CircuitStatus.Closed => 0,
        CircuitStatus.HalfOpen => 1,
        CircuitStatus.Open => 2,
        _ => 3,
    };
}
