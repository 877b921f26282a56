using System.Data.Common;
using System.Diagnostics;
using ClusterClient.Diagnostics;
using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>Begins the library's spans and gives them their tags. Each is null where nobody listens or the trace is not taken.</summary>
/// <remarks>
/// They tell where a call's time went that the driver knows nothing of: on the way to a node, in lines, between attempts. Commands are the
/// driver's to tell, and so are physical connections where it tells of them; ours are then their parents, and internal.
/// </remarks>
internal static class ClusterSpans
{
    /// <summary>The way to a connection: the decision, and whatever it waited for.</summary>
    public static Activity? Open(ConnectionOpener opener, RouteIntent intent, TimeSpan limit) =>
        ClusterActivity.Start(ClusterActivity.Open).OfCluster(opener)?.SetTag(TagNames.Intent, Word(intent)).Remaining(limit);

    /// <summary>The making of a physical connection, the wait for others that are being made included.</summary>
    public static Activity? Connect(ConnectionOpener opener, ClusterNode node) =>
        ClusterActivity.Start(ClusterActivity.Connect, opener.Driver.TellsOfConnecting ? ActivityKind.Internal : ActivityKind.Client)
            .OfCluster(opener)?.At(opener, node);

    /// <summary>The wait for a node where there is none.</summary>
    public static Activity? FailoverWait(ConnectionOpener opener, RouteIntent intent, TimeSpan limit) =>
        ClusterActivity.Start(ClusterActivity.FailoverWait).OfCluster(opener)?.SetTag(TagNames.Intent, Word(intent)).Remaining(limit);

    /// <summary>The wait for a turn at a node that is at its limit.</summary>
    public static Activity? Queue(ConnectionOpener opener, ClusterNode node, TimeSpan limit) =>
        ClusterActivity.Start(ClusterActivity.Queue).OfCluster(opener)?.At(opener, node).Remaining(limit);

    /// <summary>One further attempt at a call or a transaction.</summary>
    public static Activity? Retry(ConnectionOpener opener, int attempt, string fault, ClusterNode? lastNode, TimeSpan limit) =>
        ClusterActivity.Start(ClusterActivity.Retry).OfCluster(opener)?
            .SetTag(TagNames.Attempt, attempt).SetTag(TagNames.Fault, fault).SetTag(TagNames.LastNode, lastNode?.Endpoint.Name).Remaining(limit);

    /// <summary>The second attempt at a read that takes long.</summary>
    public static Activity? Hedge(ConnectionOpener opener, ClusterNode node, string firstNode, TimeSpan limit) =>
        ClusterActivity.Start(ClusterActivity.Hedge).OfCluster(opener)?.At(opener, node).SetTag(TagNames.FirstNode, firstNode).Remaining(limit);

    /// <summary>Finding out what became of a commit.</summary>
    public static Activity? CommitResolution(ConnectionOpener opener, ClusterNode node, TimeSpan limit) =>
        ClusterActivity.Start(ClusterActivity.CommitResolution).OfCluster(opener)?.At(opener, node).Remaining(limit);

    /// <summary>What became of it.</summary>
    public static void EndsIn(this Activity? span, string outcome) => span?.SetTag(TagNames.Outcome, outcome);

    /// <summary>For an exception filter; always false.</summary>
    public static bool Fails(this Activity? span, Exception exception)
    {
        if (span is { IsAllDataRequested: true })
        {
            var code = (exception as DbException)?.SqlState;
            span.SetTag(TagNames.ErrorType, string.IsNullOrEmpty(code) ? exception.GetType().FullName : code);
            if (!string.IsNullOrEmpty(code))
            {
                span.SetTag(TagNames.ResponseStatus, code);
            }

            span.SetStatus(ActivityStatusCode.Error, FirstLine(exception.Message));
        }

        return false;
    }

    /// <summary>The node, as it is now.</summary>
    public static Activity At(this Activity span, ConnectionOpener opener, ClusterNode node)
    {
        if (!span.IsAllDataRequested)
        {
            return span;
        }

        var (endpoint, now) = (node.Endpoint, opener.Topology.Nodes[node.Index]);
        span.SetTag(TagNames.Node, endpoint.Name).SetTag(TagNames.Region, endpoint.Region).SetTag(TagNames.Role, Lower(now.Role))
            .SetTag(TagNames.Epoch, now.Epoch).SetTag(TagNames.ServerAddress, endpoint.Host);
        return endpoint.Port == opener.Driver.DefaultPort ? span : span.SetTag(TagNames.ServerPort, endpoint.Port);
    }

    public static string Word(RouteIntent intent) => intent == RouteIntent.Write ? "write" : "read";

    private static Activity? OfCluster(this Activity? span, ConnectionOpener opener) => span is not { IsAllDataRequested: true } ? span : span
        .SetTag(TagNames.System, opener.Driver.SystemName).SetTag(TagNames.Namespace, opener.Driver.Database).SetTag(TagNames.Cluster, opener.Cluster);

    // Nothing where there is no end.
    private static Activity Remaining(this Activity span, TimeSpan limit) =>
        limit > TimeSpan.Zero ? span.SetTag(TagNames.Remaining, limit.TotalSeconds) : span;

    // A refusal's other lines are the explanation, which is an event of its own.
    private static string FirstLine(string message) => message.AsSpan().IndexOfAny('\r', '\n') is > 0 and var end ? message[..end] : message;

    private static string Lower(Topology.NodeRole role) => $"{role}".ToLowerInvariant();
}
