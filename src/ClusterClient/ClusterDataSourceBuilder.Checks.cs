using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Diagnostics;
using ClusterClient.Drivers;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient;

// What is wrong with what was collected, all at once and in sentences that name the remedy.
public sealed partial class ClusterDataSourceBuilder
{
    /// <summary>Everything that is wrong; nothing is built.</summary>
    internal IReadOnlyList<SettingError> Check()
    {
        List<SettingError> errors = [];
        _ = Prepare(errors);
        return errors;
    }

    private (ClusterDriver? Driver, ImmutableArray<NodeEndpoint> Endpoints, RoutingPolicy? Policy) Prepare(List<SettingError> errors)
    {
        var driver = _createDriver?.Invoke(_connectionString);
        errors.AddRange(_options.Validate().Select(SettingError.About));
        errors.AddRange((driver?.Validate() ?? ["There is no driver; call UseNpgsql."]).Select(e => new SettingError(null, e)));
        if (_connectionString is not null && driver is not null && !_takesConnectionString)
        {
            errors.Add(new("ConnectionString", "A connection string is configured, and code gives the driver its own; leave one of them out."));
        }

        if (_options.TransactionStatementTimeout is { } wanted && driver is not null && driver.LimitStatements(wanted) is null)
        {
            errors.Add(SettingError.About("TransactionStatementTimeout is set, and this driver knows no such limit; leave it out."));
        }

        if (_options.CommitResolution == CommitResolution.ByMarker && driver is { Commits: null })
        {
            errors.Add(SettingError.About("CommitResolution is ByMarker, and this driver gives no way to that; set it to Off."));
        }

        if (_options.TracePropagation == TracePropagation.ApplicationName && driver is not null && driver.NameSession("trace") is null)
        {
            errors.Add(SettingError.About(
                "TracePropagation is ApplicationName, and this driver knows no such name or would not take it back from a session; "
                + "leave out No Reset On Close, or use SqlComment."));
        }

        var endpoints = Endpoints(driver?.DefaultPort ?? 0, errors);
        var policy = Policy(errors);
        CheckPlaces(errors);
        return (driver, endpoints, policy);
    }

    private ImmutableArray<NodeEndpoint> Endpoints(int defaultPort, List<SettingError> errors)
    {
        List<(NodeEndpoint Endpoint, NodeSetting Setting)> endpoints = [];
        foreach (var node in _nodes)
        {
            if (string.IsNullOrWhiteSpace(node.Region))
            {
                errors.Add(new(node.KeyOf("Region"), "The node's region is missing; name the one that the server stands in."));
            }

            if (string.IsNullOrWhiteSpace(node.Endpoint))
            {
                errors.Add(new(node.KeyOf("Endpoint"), "The node's endpoint is missing; set it to host or host:port."));
            }
            else if (!NodeEndpoint.TryParse(node.Endpoint, defaultPort == 0 ? 1 : defaultPort, out var host, out var port))
            {
                errors.Add(new(node.KeyOf("Endpoint"), $"The node '{node.Endpoint}' is not host or host:port with a port from 1 to 65535."));
            }
            else
            {
                // A region that is missing was told of, and a duplicate is one all the same.
                endpoints.Add((new(host, port, string.IsNullOrWhiteSpace(node.Region) ? "?" : node.Region, node.Zone, node.Name), node));
            }
        }

        if (_nodes.Count == 0)
        {
            errors.Add(new("Nodes", "There are no nodes; call AddNode for each server."));
        }

        errors.AddRange(endpoints.GroupBy(e => (e.Endpoint.Host.ToUpperInvariant(), e.Endpoint.Port)).Where(g => g.Count() > 1).Select(g => new SettingError(
            g.ElementAt(1).Setting.KeyOf("Endpoint"),
            $"The node '{g.First().Endpoint.Host}:{g.First().Endpoint.Port}' was added {g.Count()} times; add it once.")));
        errors.AddRange(endpoints.DistinctBy(e => (e.Endpoint.Host.ToUpperInvariant(), e.Endpoint.Port))
            .GroupBy(e => e.Endpoint.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1)
            .Select(g => new SettingError(g.ElementAt(1).Setting.KeyOf("Name"), $"{g.Count()} nodes are named '{g.Key}'; names must differ.")));
        return [.. endpoints.Select(e => e.Endpoint)];
    }

    private void CheckPlaces(List<SettingError> errors)
    {
        IEnumerable<(string Key, string Where, string Region)> named =
        [
            .. _readRule.Regions.Select(r => ("RestrictReads", "RestrictReads", r)),
            .. _writeRule.Regions.Select(r => ("RestrictWrites", "RestrictWrites", r)),
            .. _region is null ? Array.Empty<(string, string, string)>() : [("Location:Region", "LocatedIn", _region)],
        ];
        errors.AddRange(named.Where(n => _regions.Count > 0 && !_regions.Contains(n.Region)).Select(n => new SettingError(
            n.Key, $"{n.Where} names '{n.Region}', a region without nodes; the nodes are in {string.Join(", ", _regions)}.")));
        errors.AddRange(_nodes.Where(n => !(n.Weight > 0) || !double.IsFinite(n.Weight)).Select(n => new SettingError(
            n.KeyOf("Weight"), $"The node '{n.Endpoint}' has the weight {n.Weight}; give it one greater than zero.")));
        if (_regions.Count > Geography.MaxRegions || _nodes.Count > Router.MaxNodes)
        {
            errors.Add(new(
                "Nodes",
                $"There are {_nodes.Count} nodes in {_regions.Count} regions; at most {Router.MaxNodes} in {Geography.MaxRegions} can be routed."));
        }
    }

    private RoutingPolicy? Policy(List<SettingError> errors)
    {
        var policy = _policies.Find(p => string.Equals(p.Name, _options.Policy, StringComparison.OrdinalIgnoreCase));
        if (policy is null)
        {
            errors.Add(SettingError.About(
                $"Policy is '{_options.Policy}'; there are {string.Join(", ", _policies.Select(p => p.Name))}. Add one of your own with AddPolicy."));
        }

        return policy;
    }

    private string? Spelling(string? region) => region is not null && _regions.TryGetValue(region, out var spelt) ? spelt : region;
}
