using ClusterClient.Diagnostics;
using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Data;

// What exceptions mean, and what the monitor is asked for.
internal sealed partial class ConnectionOpener
{
    /// <summary>What an exception means: the driver's table, and this library's own exceptions in place of the driver's.</summary>
    public Fault Classify(Exception exception) => exception switch
    {
        NodeSilentException => new(FaultKind.ConnectionLost, NotApplied: false),
        CommitOutcomeUnknownException => new(FaultKind.CommitUnknown, NotApplied: false),
        NodeFencedException or NodeLeftException => new(FaultKind.ReadOnly, NotApplied: true),
        ClusterUnavailableException or ClusterOverloadedException or LocalWaitException => new(FaultKind.Unavailable, NotApplied: true),
        _ => driver.Classify(exception),
    };

    /// <summary>A call on an open connection to this node failed: says what it means, and has the node looked at where it asks for that.</summary>
    public Fault NoteFault(Exception exception, ClusterNode node, RouteIntent intent)
    {
        var fault = Classify(exception);
        // A replica that refuses a write is right to: only a supposed primary comes into question by it.
        if (fault.QuestionsNode && (fault.Kind != FaultKind.ReadOnly || intent == RouteIntent.Write))
        {
            monitor.Doubt(node.Index);
        }

        return fault;
    }

    /// <summary>The network's part of a call to the node, in µs.</summary>
    public float RoundTripTo(ClusterNode node) => (float)Topology.Nodes[node.Index].RoundTrip.TotalMicroseconds;

    /// <summary>Has the monitor look at the node now; nothing is doubted.</summary>
    public void LookAt(ClusterNode node) => monitor.LookAt(node.Index);

    /// <summary>Has the monitor look at every node now, unless it was just asked to.</summary>
    public void LookEarly() => monitor.LookEarly();

    public void NoteOpenFault(Exception exception, ClusterNode node, bool questionsNode)
    {
        Log.OpenFailed(logger, cluster, node.Endpoint.Name, exception);
        if (questionsNode)
        {
            monitor.Doubt(node.Index);
        }
    }

    /// <summary>No news follows any more; who waits for some must not go on.</summary>
    public void ThrowIfDisposed()
    {
        if (monitor.IsStopped)
        {
            throw new ObjectDisposedException(cluster, $"The data source '{cluster}' was disposed.");
        }
    }
}
