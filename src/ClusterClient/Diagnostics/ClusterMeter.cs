using System.Diagnostics.Metrics;

namespace ClusterClient.Diagnostics;

/// <summary>The numbers that a data source publishes, under the meter's name "ClusterClient". One for each data source, disposed with it.</summary>
/// <remarks>Thread-safe. What is asked for rather than told, the gauges, is added by those who know it.</remarks>
internal sealed class ClusterMeter : IDisposable
{
    public const string Name = "ClusterClient";

    /// <summary>The convention's buckets for durations of calls.</summary>
    public static readonly InstrumentAdvice<double> OfCalls = new() { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] };
    private static readonly InstrumentAdvice<double> OfFailovers = new() { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] };

    private readonly string _cluster;
    private readonly NodeTags[] _nodes;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _hedges;
    private readonly Counter<long> _ejections;
    private readonly Counter<long> _circuitChanges;
    private readonly Counter<long> _fencings;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _resolved;
    private readonly Counter<long> _lost;
    private readonly Histogram<double> _resolution;
    private readonly Histogram<double> _failover;
    private readonly Histogram<double> _failoverWait;
    private readonly Histogram<double> _queueWait;

    /// <param name="cluster">The data source's name, a tag of all its numbers.</param>
    /// <param name="meters">Makes the meter, and owns it then; null for one of this library's own.</param>
    /// <param name="nodes">The nodes, by their index.</param>
    public ClusterMeter(string cluster, IMeterFactory? meters = null, IEnumerable<(string Name, string Region)>? nodes = null)
    {
        _cluster = cluster;
        _nodes = [.. (nodes ?? []).Select(n => new NodeTags(cluster, n.Name, n.Region))];
        Meter = meters?.Create(new MeterOptions(Name)) ?? new(Name);
        _decisions = Meter.CreateCounter<long>(
            "clusterclient.route.decisions", "{decision}", "Connections that were opened, by the node that was chosen and why.");
        _refusals = Meter.CreateCounter<long>("clusterclient.route.refusals", "{call}", "Calls that were given no node.");
        _retries = Meter.CreateCounter<long>("clusterclient.retries", "{retry}", "Further attempts at calls and transactions, by the fault of the last one.");
        _hedges = Meter.CreateCounter<long>("clusterclient.hedges", "{hedge}", "Second attempts at reads that took long, by the node that was asked as well.");
        _failover = Meter.CreateHistogram(
            "clusterclient.failover.duration", "s", "From the loss of the primary to the next one that this process knew.", tags: null, OfFailovers);
        _failoverWait = Meter.CreateHistogram("clusterclient.failover.wait", "s", "How long an open waited for a node where there was none.", tags: null, OfFailovers);
        _queueWait = Meter.CreateHistogram("clusterclient.queue.wait", "s", "How long an open waited for its turn at a node.", tags: null, OfCalls);
        _ejections = Meter.CreateCounter<long>("clusterclient.ejections", "{ejection}", "Replicas that were kept out for a while, as outliers among their peers.");
        _circuitChanges = Meter.CreateCounter<long>("clusterclient.circuit.changes", "{change}", "Changes of a node's circuit, by the state that it came to.");
        _fencings = Meter.CreateCounter<long>("clusterclient.fencings", "{fencing}", "Old primaries that were found to accept writes, and fenced.");
        _ended = Meter.CreateCounter<long>("clusterclient.connections.ended", "{connection}", "Connections in use that were ended because of their node's state.");
        _resolved = Meter.CreateCounter<long>("clusterclient.commits.resolved", "{commit}", "Commits whose answer was lost, by what became of them.");
        _resolution = Meter.CreateHistogram(
            "clusterclient.commit.resolution.duration", "s", "From a commit that was sent to what became of it, where the answer was lost.", tags: null, OfFailovers);
        _lost = Meter.CreateCounter<long>(
            "clusterclient.commits.lost", "{commit}", "Commits acknowledged to this process that a failover lost, or may have lost.");
    }

    /// <summary>Of this library's own, or a container's.</summary>
    public Meter Meter { get; }

    /// <summary>Whether decisions are counted by anybody.</summary>
    public bool CountsDecisions => _decisions.Enabled;

    /// <summary>Cluster, node and region.</summary>
    public NodeTags TagsOf(int node) => _nodes[node];

    public void Decided(int node, bool isPrimary, DecisionReason reason) => _decisions.Add(1, _nodes[node].Decision(isPrimary, reason));

    public void Refused(string intent, string reason) =>
        _refusals.Add(1, new(TagNames.Cluster, _cluster), new(TagNames.Intent, intent), new(TagNames.Reason, reason));

    /// <param name="node">Where the last attempt was made; -1 for nowhere.</param>
    /// <param name="fault">What it ended in.</param>
    public void Retried(int node, string fault)
    {
        if (_retries.Enabled)
        {
            _retries.Add(1, node < 0 ? [new(TagNames.Cluster, _cluster), new(TagNames.Fault, fault)] : _nodes[node].With(TagNames.Fault, fault));
        }
    }

    public void Hedged(int node, string outcome) => Count(_hedges, node, TagNames.Outcome, outcome);

    /// <summary>There is a primary again, after this long without one.</summary>
    public void FailedOver(int node, string outcome, TimeSpan duration) => Record(_failover, node, outcome, duration);

    public void Waited(string intent, string outcome, TimeSpan duration)
    {
        if (_failoverWait.Enabled)
        {
            _failoverWait.Record(
                duration.TotalSeconds, new(TagNames.Cluster, _cluster), new(TagNames.Intent, intent), new(TagNames.Outcome, outcome));
        }
    }

    public void Queued(int node, string outcome, TimeSpan duration) => Record(_queueWait, node, outcome, duration);

    public void Ejected(int node) => _ejections.Add(1, _nodes[node].All);

    public void CircuitChanged(int node, string state) => Count(_circuitChanges, node, TagNames.State, state);

    public void Fenced(int node) => _fencings.Add(1, _nodes[node].All);

    public void ConnectionsEnded(int node, int count) => _ended.Add(count, _nodes[node].All);

    /// <summary>It was found out, or not, what became of a commit.</summary>
    public void CommitResolved(int node, string outcome, TimeSpan duration)
    {
        Count(_resolved, node, TagNames.Outcome, outcome);
        Record(_resolution, node, outcome, duration);
    }

    /// <summary>A failover lost so many for certain, and perhaps so many more.</summary>
    public void CommitsLost(int certain, int possible)
    {
        Lost(certain, "certain");
        Lost(possible, "possible");
    }

    public void Dispose() => Meter.Dispose();

    private void Lost(int count, string certainty)
    {
        if (count > 0)
        {
            _lost.Add(count, new(TagNames.Cluster, _cluster), new(TagNames.Certainty, certainty));
        }
    }

    private void Count(Counter<long> counter, int node, string tag, string value)
    {
        if (counter.Enabled)
        {
            counter.Add(1, _nodes[node].With(tag, value));
        }
    }

    private void Record(Histogram<double> histogram, int node, string outcome, TimeSpan duration)
    {
        if (histogram.Enabled)
        {
            histogram.Record(duration.TotalSeconds, _nodes[node].With(TagNames.Outcome, outcome));
        }
    }
}
