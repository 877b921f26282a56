using ClusterClient;
using ClusterClient.Routing;
using ClusterClient.Topology;
using Dashboard.Load;
using Dashboard.Servers;

namespace Dashboard.State;

/// <summary>Makes one picture of what the library knows and what the calls met.</summary>
internal sealed class StateCollector(ClusterDataSource cluster, CallLog calls, Ejections ejections, Operator servers, TimeProvider time)
{
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(1.5);

    public ClusterState Collect()
    {
        var recent = calls.Recent();
        var byNode = recent.ToLookup(call => call.Node);
        return new()
        {
            At = time.GetUtcNow(),
            Epoch = cluster.Topology.Epoch,
            Here = Places.Here,
            Nodes = [.. cluster.Reads.Assess().Select(assessment => Node(assessment, [.. byNode[assessment.Node.Endpoint.Name]], recent.Length))],
            WritesPerSecond = recent.Count(call => !call.IsRead) / CallLog.Window.TotalSeconds,
            ReadsPerSecond = recent.Count(call => call.IsRead) / CallLog.Window.TotalSeconds,
            Errors = calls.Errors,
            AreWritesStuck = calls.SinceLastWrite > Stuck,
        };
    }

    private NodeState Node(RouteAssessment assessment, Call[] its, int all)
    {
        var node = assessment.Node;
        return new()
        {
            Name = node.Endpoint.Name,
            Region = node.Endpoint.Region,
            Role = node.Role,
            Status = node.Status,
            Reason = node.Reason,
            Epoch = node.Epoch,
            Lag = node.Lag?.TotalMilliseconds,
            IsStale = node.Role == NodeRole.Replica && node.Lag > ClusterOptions.DefaultMaxReplicaLag,
            RoundTrip = assessment.RoundTrip.TotalMilliseconds,
            Latency = its.Length == 0 ? null : its.Select(call => call.Elapsed.TotalMilliseconds).Order().ElementAt(its.Length / 2),
            InFlight = assessment.InFlight,
            Queued = assessment.Queued,
            Share = all == 0 ? 0 : (double)its.Length / all,
            Circuit = assessment.Circuit,
            IsEjected = ejections.Include(node.Endpoint.Name),
            Injected = servers.Injected(node.Endpoint.Name),
            Actions = [.. servers.Offered(node.Endpoint.Name).Select(ActionNames.Of)],
        };
    }
}
