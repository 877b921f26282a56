using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Topology;

/// <summary>
/// Looks at every node all the time and publishes what it sees as one immutable <see cref="ClusterTopology"/> after another.
/// </summary>
/// <remarks>
/// Readers take <see cref="Current"/> with one volatile read and wait on that very snapshot's successor, so no change can slip
/// between reading and waiting. The lock orders writers only; nothing under it logs, does IO or calls anybody's code.
/// </remarks>
internal sealed class TopologyMonitor : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ImmutableArray<NodeEndpoint> _endpoints;
    private readonly NodeSighting[] _sightings;
    private readonly NodeMonitor[] _nodes;
    private readonly TimeProvider _time;
    private readonly TimeSpan _leastBetweenAskedLooks;
    private ClusterTopology _current;
    private long _askedAt;
    private long _attentionSince;
    private Task? _running;

    public TopologyMonitor(
        ImmutableArray<NodeEndpoint> endpoints,
        Func<int, INodeProbe> createProbe,
        MonitorSettings settings,
        TimeProvider time,
        Random jitter,
        ILogger logger)
    {
        _endpoints = endpoints;
        _time = time;
        _leastBetweenAskedLooks = settings.Interval / MonitorSettings.AskedLooksPerInterval;
        _sightings = new NodeSighting[endpoints.Length];
        Array.Fill(_sightings, NodeSighting.None);
        // A Random each: they are not thread-safe, and the one that was injected need not be either.
        _nodes = [.. endpoints.Select((e, i) =>
            new NodeMonitor(this, i, e, () => createProbe(i), settings, time, new Random(jitter.Next()), logger))];
        _current = TopologyResolver.Resolve(endpoints, _sightings, null, time);
        _attentionSince = time.GetTimestamp();
    }

    /// <summary>Told of each look, by the node's index, before anything is sent for it. Set once, before the loops are started.</summary>
    public Action<int>? LookBegins { get; init; }

    /// <summary>Told of the end of each look before a snapshot shows it.</summary>
    public Action<int, NodeSighting>? LookEnded { get; init; }

    /// <summary>The newest snapshot.</summary>
    public ClusterTopology Current => Volatile.Read(ref _current);

    public MonitorUrgency Urgency =>
        !Current.NeedsAttention ? MonitorUrgency.Calm
        : _time.GetElapsedTime(Interlocked.Read(ref _attentionSince)) < MonitorSettings.Tired ? MonitorUrgency.Quick
        : MonitorUrgency.Tired;

    /// <summary>Completes when the loops are started: the data source has come into use.</summary>
    public Task Started => _started.Task;

    /// <summary>Whether it was disposed: no snapshot follows any more.</summary>
    public bool IsStopped => _stop.IsCancellationRequested;

    /// <summary>Starts the loops; later calls do nothing.</summary>
    public void Start()
    {
        if (Volatile.Read(ref _running) is not null)
        {
            return;
        }

        lock (_gate)
        {
            if (_running is not null || _stop.IsCancellationRequested)
            {
                return;
            }

            // The loops outlive the call that happened to start them: its activity and its locals must not travel along.
            using var suppressed = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
            _running = Task.WhenAll(_nodes.Select(n => Task.Run(() => n.RunAsync(_stop.Token))));
        }

        _started.TrySetResult();
    }

    /// <summary>
    /// Somebody met a fault at this node: until a look that begins from now on has ended, nothing is routed to it that can go
    /// elsewhere, and that look begins at once.
    /// </summary>
    public void Doubt(int node)
    {
        var at = _time.GetTimestamp();
        if (!DoubtsAlready(node, at))
        {
            Update(node, before => before.Doubted(at));
        }

        _nodes[node].Wake();
    }

    public void Report(int node, NodeSighting sighting)
    {
        LookEnded?.Invoke(node, sighting);
        Update(node, sighting.After);
    }

    /// <summary>Looks at the node now.</summary>
    public void LookAt(int node) => _nodes[node].Wake();

    /// <summary>Looks at every node now.</summary>
    public void LookAtAll()
    {
        foreach (var node in _nodes)
        {
            node.Wake();
        }
    }

    /// <summary>
    /// Looks at every node now, for somebody who waits for a replica to catch up and could do without; unless somebody has just asked the same.
    /// </summary>
    public void LookEarly()
    {
        var asked = Interlocked.Read(ref _askedAt);
        var now = _time.GetTimestamp();
        if ((asked == 0 || _time.GetElapsedTime(asked, now) >= _leastBetweenAskedLooks)
            && Interlocked.CompareExchange(ref _askedAt, now, asked) == asked)
        {
            LookAtAll();
        }
    }

    // A thousand calls may fail in the same instant; the first one says it for all. The others only move its time on, so that a
    // look that began before them does not settle what they met.
    private bool DoubtsAlready(int node, long at)
    {
        lock (_gate)
        {
            var before = _sightings[node];
            if (before.DoubtedAt == 0)
            {
                return false;
            }

            _sightings[node] = before.Doubted(Math.Max(before.DoubtedAt, at));
            return true;
        }
    }

    private void Update(int node, Func<NodeSighting, NodeSighting> change)
    {
        ClusterTopology before, after;
        lock (_gate)
        {
            if (IsStopped)
            {
                // A snapshot that came now would have no successor, and whoever waited on it would wait in vain.
                return;
            }

            before = _current;
            _sightings[node] = change(_sightings[node]);
            after = TopologyResolver.Resolve(_endpoints, _sightings, before, _time);
            Volatile.Write(ref _current, after);
            if (after.NeedsAttention && !before.NeedsAttention)
            {
                Interlocked.Exchange(ref _attentionSince, _time.GetTimestamp());
            }
        }

        if (after.Version == before.Version)
        {
            return;
        }

        before.SupersededBy(after);
        if (after.NeedsAttention)
        {
            LookAtAll();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_gate)
        {
            running = _running;
        }

        // A driver's reaction to the token may fail on a connection that is breaking; the loops end all the same.
        await _stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (running is not null)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Whoever waits for a change must not wait for ever: the last snapshot follows itself, and IsStopped says the rest.
        ClusterTopology last;
        lock (_gate)
        {
            last = _current;
        }

        last.SupersededBy(last);
    }
}
