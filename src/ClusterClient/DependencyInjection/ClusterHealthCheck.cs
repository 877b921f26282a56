using ClusterClient.Routing;
using ClusterClient.Topology;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ClusterClient.DependencyInjection;

/// <summary>Tells how a cluster is from what is known of it already.</summary>
internal sealed class ClusterHealthCheck(string name, IServiceProvider services) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Here and not where the check is made: what is wrong with the cluster is this check's result, and not the end of all checks.
        var cluster = services.GetKeyedService<ClusterDataSource>(name)
            ?? throw new InvalidOperationException($"There is no cluster '{name}' to check; add it with AddClusterDataSource(\"{name}\", …).");
        await WaitForFirstViewAsync(cluster, cancellationToken).ConfigureAwait(false);
        var opener = cluster.Opener;
        var nodes = cluster.Reads.Assess();
        var verdict = ClusterHealth.Judge(
            nodes, opener.Selector.Terms.Freshness, opener.Topology.Age(opener.Time), TimeSpan.FromSeconds(2 * opener.Limits.DetectionSeconds));
        return new(
            verdict.Status == HealthStatus.Unhealthy ? context.Registration.FailureStatus : verdict.Status,
            verdict.Description,
            data: nodes.SelectMany(Data).ToDictionary());
    }

    // No longer than it takes to notice that a server hangs: whoever has not been seen by then is not there.
    private static async Task WaitForFirstViewAsync(ClusterDataSource cluster, CancellationToken cancellationToken)
    {
        var opener = cluster.Opener;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(opener.Limits.DetectionSeconds), opener.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        for (var topology = cluster.Topology; topology.Nodes.Any(static n => n.Status == NodeStatus.Unseen) && !opener.IsStopped;)
        {
            try
            {
                topology = await topology.Next.WaitAsync(stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Texts and numbers alone, which any writer of health reports can write.</summary>
    private static IEnumerable<KeyValuePair<string, object>> Data(RouteAssessment assessment)
    {
        var node = assessment.Node;
        yield return Value("role", node.Role.ToString());
        yield return Value("status", node.Status.ToString());
        yield return Value("epoch", node.Epoch);
        if (node.Lag is { } lag)
        {
            yield return Value("lag_ms", lag.TotalMilliseconds);
        }

        yield return Value("circuit", assessment.Circuit.ToString());
        yield return Value("in_flight", assessment.InFlight);
        yield return Value("round_trip_ms", node.RoundTrip.TotalMilliseconds);
        if (node.Reason is { } reason)
        {
            yield return Value("reason", reason);
        }

        KeyValuePair<string, object> Value(string what, object value) => new($"{node.Endpoint.Name}/{what}", value);
    }
}
