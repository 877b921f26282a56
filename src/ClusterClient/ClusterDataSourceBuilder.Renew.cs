using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Data;
using ClusterClient.Diagnostics;
using ClusterClient.Drivers;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient;

// The settings that may change while the data source is in use, as the two snapshots that are swapped then.
public sealed partial class ClusterDataSourceBuilder
{
    /// <summary>
    /// Gives a data source that was built before what of this builder's settings may change while it is in use. They have to be checked. What
    /// cannot change stays as it was, and so does a region rule that names a region where the data source has no nodes: it would deny all.
    /// </summary>
    internal void Renew(ClusterDataSource source)
    {
        var (opener, selector) = (source.Opener, source.Opener.Selector);
        var (before, geography) = (selector.Terms, selector.Geography);
        var terms = Terms(geography, Weights(opener.Topology.Nodes, before.Locality, opener.Driver.DefaultPort), before.Locality.Ordinal, Policy([])!);
        selector.Terms = terms with
        {
            DeniedReads = _readRule.Regions.All(geography.Knows) ? terms.DeniedReads : before.DeniedReads,
            DeniedWrites = _writeRule.Regions.All(geography.Knows) ? terms.DeniedWrites : before.DeniedWrites,
        };
        var limits = opener.Limits;
        opener.Limits = Limits(opener.Driver) with
        {
            Concurrency = limits.Concurrency,
            Resolution = limits.Resolution,
            DetectionSeconds = limits.DetectionSeconds,
        };
        opener.Circuits.FailoverTimeout = _options.FailoverTimeout;
    }

    private RouteTerms Terms(Geography geography, ImmutableArray<double> weights, int ordinal, RoutingPolicy policy) => new()
    {
        Freshness = new Freshness(_options.MaxReplicaLag),
        ReadsMayUsePrimary = _options.ReadsMayUsePrimary,
        DeniedReads = geography.Denied(_readRule),
        DeniedWrites = geography.Denied(_writeRule),
        Locality = new()
        {
            PerWeight = [.. weights.Select(w => (float)(1 / w))],
            ZoneCost = (float)_options.ZoneCost.TotalMicroseconds,
            RegionCost = (float)_options.RegionCost.TotalMicroseconds,
            Ordinal = ordinal,
        },
        Policy = policy,
    };

    private OpenLimits Limits(ClusterDriver driver) => new()
    {
        FailoverTimeout = _options.FailoverTimeout,
        MaxWaitingCalls = _options.MaxWaitingCalls,
        CallTimeout = _options.CallTimeout,
        BeginWith = _options.TransactionStatementTimeout is { } limit ? driver.LimitStatements(limit) : null,
        CommentsTraces = _options.TracePropagation == TracePropagation.SqlComment,
        NamesSessions = _options.TracePropagation == TracePropagation.ApplicationName,
        Concurrency = _options.Limits,
    };

    // By address: the order, and whatever else there is of a node, may have changed.
    private ImmutableArray<double> Weights(ImmutableArray<NodeDescription> nodes, LocalitySettings before, int defaultPort) =>
    [
        .. nodes.Select(n => _nodes.Find(s => NodeEndpoint.TryParse(s.Endpoint!, defaultPort, out var host, out var port)
            && port == n.Endpoint.Port && string.Equals(host, n.Endpoint.Host, StringComparison.OrdinalIgnoreCase))?.Weight
            ?? 1 / before.PerWeight[n.Index]),
    ];
}
