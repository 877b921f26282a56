using ClusterClient;
using ClusterClient.Routing;
using ClusterClient.Topology;
using Dashboard.Load;
using Dashboard.Servers;

namespace Dashboard.State;

/// <summary>Makes one picture of what the library knows and measures, what the calls met and what was done to the servers.</summary>
internal sealed class StateCollector(ClusterDataSource cluster, NodeMeter meter, CallLog calls, Operator servers, TimeProvider time)
{
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(1.5);

    public ClusterState Collect()
    {
        meter.Collect();
        var recent = calls.Recent();
        var latencies = recent.ToLookup(call => call.Node, call => call.Elapsed.TotalMilliseconds);
        var decisions = meter.RecentDecisions();
        return new()
        {
            At = time.GetUtcNow(),
            Epoch = cluster.Topology.Epoch,
            Here = Places.Here,
            Nodes = [.. cluster.Reads.Assess().Select(assessment => Node(assessment) with
            {
                Latency = Median([.. latencies[assessment.Node.Endpoint.Name]]),
                Share = decisions.Length == 0 ? 0 : (double)decisions.Count(node => node == assessment.Node.Endpoint.Name) / decisions.Length,
            })],
            WritesPerSecond = recent.Count(call => !call.IsRead) / Recent<Call>.Window.TotalSeconds,
            ReadsPerSecond = recent.Count(call => call.IsRead) / Recent<Call>.Window.TotalSeconds,
            Errors = calls.Errors,
            AreWritesStuck = calls.SinceLastWrite > Stuck,
        };
    }

    private NodeState Node(RouteAssessment assessment)
    {
        var (node, name) = (assessment.Node, assessment.Node.Endpoint.Name);
        return new()
        {
            Name = name,
            Region = node.Endpoint.Region,
            Role = node.Role,
            Status = node.Status,
            Reason = node.Reason,
            Epoch = node.Epoch,
            Lag = node.Lag?.TotalMilliseconds,
            IsStale = node.Role == NodeRole.Replica && node.Lag > ClusterOptions.DefaultMaxReplicaLag,
            RoundTrip = assessment.RoundTrip.TotalMilliseconds,
            InFlight = meter.InFlight(name),
            Queued = meter.Queued(name),
            Circuit = assessment.Circuit,
            IsEjected = meter.IsEjected(name),
            Injected = servers.Injected(name),
            Actions = [.. servers.Offered(name).Select(ActionNames.Of)],
        };
    }

    private static double? Median(double[] times) => times.Length == 0 ? null : times.Order().ElementAt(times.Length / 2);
}
