using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Health;
using ClusterClient.Routing;
using ClusterClient.Topology;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClusterClient.DependencyInjection;

/// <summary>How a cluster is, in a word and in a sentence. Immutable.</summary>
internal sealed record ClusterHealth(HealthStatus Status, string Description)
{
    /// <param name="nodes">Every node as it is now.</param>
    /// <param name="freshness">How far behind a replica may be.</param>
    /// <param name="age">Of the view; null when no node has answered yet.</param>
    /// <param name="oldest">An age that a monitor which works does not reach.</param>
    public static ClusterHealth Judge(ImmutableArray<RouteAssessment> nodes, Freshness freshness, TimeSpan? age, TimeSpan oldest)
    {
        var contested = nodes.Where(n => n.Node.Status == NodeStatus.Contested).Select(n => n.Node.Endpoint.Name).ToArray();
        var complaints = nodes.Select(n => Complaint(n, freshness)).OfType<string>().ToList();
        if (contested.Length > 0)
        {
            return new(HealthStatus.Unhealthy, $"{string.Join(" and ", contested)} both accept writes, which are refused until one remains.");
        }

        if (nodes.FirstOrDefault(n => n.Node.Role == NodeRole.Primary)?.Node is not { } primary)
        {
            return new(HealthStatus.Unhealthy, Sentence(["There is no primary", .. complaints]));
        }

        if (age > oldest)
        {
            complaints.Insert(0, FormattableString.Invariant($"the view is {age.Value.TotalSeconds:0.#} s old"));
        }

        var serving = nodes.Count(n => n.Node.Role == NodeRole.Replica && freshness.Admits(n.Node));
        if (nodes.Length > 1 && serving == 0)
        {
            complaints.Insert(0, "no replica can serve reads");
        }

        var begin = FormattableString.Invariant($"{primary.Endpoint.Name} is the primary in epoch {primary.Epoch}");
        return complaints.Count > 0 ? new(HealthStatus.Degraded, Sentence([begin, .. complaints]))
            : new(HealthStatus.Healthy, Sentence([begin, serving switch { 0 => "it has no replicas", 1 => "a replica serves reads", _ => $"{serving} replicas serve reads" }]));
    }

    private static string? Complaint(RouteAssessment assessment, Freshness freshness)
    {
        var node = assessment.Node;
        var name = node.Endpoint.Name;
        return node.Status switch
        {
            NodeStatus.Unseen => $"{name} has not been seen yet",
            not NodeStatus.Online => $"{name} is {node.Status.ToString().ToLowerInvariant()}{(node.Reason is { } reason ? $" ({reason.TrimEnd('.')})" : "")}",
            _ => assessment.Circuit switch
            {
                CircuitStatus.Open => $"{name}'s circuit is open",
                CircuitStatus.HalfOpen => $"{name}'s circuit is half-open",
                CircuitStatus.Isolated => $"{name} is isolated by an operator",
                _ => node.IsDoubted ? $"{name} is doubted, because a call met a fault there"
                    : node.Role == NodeRole.Replica && !freshness.Admits(node)
                        ? FormattableString.Invariant($"{name} is {node.Lag!.Value.TotalSeconds:0.#} s behind")
                        : null,
            },
        };
    }

    private static string Sentence(IEnumerable<string> parts) => $"{string.Join("; ", parts)}.";
}
