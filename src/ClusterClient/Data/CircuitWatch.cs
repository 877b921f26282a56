using System.Collections.Immutable;
using System.Globalization;
using ClusterClient.Health;
using ClusterClient.Resilience;
using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>Gives every node of a data source its circuit, has their changes told, and takes an operator's word. Thread-safe.</summary>
internal sealed class CircuitWatch
{
    private readonly ImmutableArray<ClusterNode> _nodes;
    private readonly ImmutableArray<NodeCircuit> _circuits;
    private readonly TopologyMonitor _monitor;
    private readonly EventTeller _teller;
    private long _failoverTimeout;

    /// <param name="settings">When they open; null for never by themselves.</param>
    /// <param name="nodes">The nodes, whose states get a circuit.</param>
    /// <param name="monitor">The events' topology is its present one.</param>
    /// <param name="teller">Tells the events.</param>
    /// <param name="failoverTimeout">How long a write may wait.</param>
    /// <param name="time">Only its timestamps matter.</param>
    /// <param name="random">Drawn from here and now, never later.</param>
    public CircuitWatch(
        CircuitSettings? settings,
        ImmutableArray<ClusterNode> nodes,
        TopologyMonitor monitor,
        EventTeller teller,
        TimeSpan failoverTimeout,
        TimeProvider time,
        Random random)
    {
        (_nodes, _monitor, _teller, _failoverTimeout) = (nodes, monitor, teller, failoverTimeout.Ticks);
        var clock = new HealthClock(time);
        // A Random each: every circuit draws on threads of its own, and the one that was injected need not be thread-safe.
        _circuits =
        [
            .. nodes.Select(n => n.State.Circuit = new(
                n.State, settings, clock, time, new Random(random.Next()), Signal, () => LongestBreak(n), change => Tell(n, change))),
        ];
    }

    /// <summary>How long a write may wait; breaks that begin from then on are bounded by it.</summary>
    public TimeSpan FailoverTimeout
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _failoverTimeout));
        set => Interlocked.Exchange(ref _failoverTimeout, value.Ticks);
    }

    /// <summary>Tells those who wait for a node.</summary>
    public CircuitSignal Signal { get; } = new();

    /// <summary>Has nothing sent to the node until <see cref="ResetAsync"/>.</summary>
    /// <exception cref="ArgumentException">There is no such node.</exception>
    public Task IsolateAsync(string node, CancellationToken cancellationToken) => Find(node).IsolateAsync(cancellationToken);

    /// <summary>Closes the node's circuit, whatever it was.</summary>
    /// <exception cref="ArgumentException">There is no such node.</exception>
    public Task ResetAsync(string node, CancellationToken cancellationToken) => Find(node).ResetAsync(cancellationToken);

    private NodeCircuit Find(string node)
    {
        ArgumentNullException.ThrowIfNull(node);
        foreach (var known in _nodes)
        {
            if (string.Equals(known.Endpoint.Name, node, StringComparison.OrdinalIgnoreCase))
            {
                return _circuits[known.Index];
            }
        }

        throw new ArgumentException(
            $"There is no node '{node}'; there are {string.Join(", ", _nodes.Select(n => n.Endpoint.Name))}.", nameof(node));
    }

    // Nobody else takes writes: one that may wait for as long as any must meet a trial before its time is over. By a fifth more at most,
    // when it is drawn.
    private TimeSpan LongestBreak(ClusterNode node) =>
        _monitor.Current.Nodes[node.Index].WasWritable ? FailoverTimeout / 2 : TimeSpan.MaxValue;

    private void Tell(ClusterNode node, CircuitChange change)
    {
        if (change.Kind is TopologyEventKind.CircuitOpened or TopologyEventKind.NodeIsolated)
        {
            // Others can serve them, or they wait for what comes of it where they hold up nobody.
            node.SendAway();
        }

        var name = node.Endpoint.Name;
        var topology = _monitor.Current;
        _teller.Post(new(change.Kind, $"{name}{Said(change)}: {change.Cause}", topology.Nodes[node.Index], topology));
    }

    private static string Said(CircuitChange change) => change.Kind switch
    {
        TopologyEventKind.CircuitOpened => $"'s circuit is open for {change.Length.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture)} s",
        TopologyEventKind.CircuitHalfOpened => "'s circuit is half-open",
        TopologyEventKind.CircuitClosed => "'s circuit is closed",
        _ => " is isolated until it is reset",
    };
}
