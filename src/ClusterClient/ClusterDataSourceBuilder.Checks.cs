using System.Collections.Immutable;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient;

// What is wrong with what was collected, all at once and in sentences that name the remedy.
public sealed partial class ClusterDataSourceBuilder
{
    private ImmutableArray<NodeEndpoint> Endpoints(int defaultPort, List<string> errors)
    {
        var endpoints = ImmutableArray.CreateBuilder<NodeEndpoint>();
        foreach (var node in _nodes)
        {
            if (NodeEndpoint.TryParse(node.Endpoint, defaultPort == 0 ? 1 : defaultPort, out var host, out var port))
            {
                endpoints.Add(new(host, port, node.Region, node.Zone, node.Name));
            }
            else
            {
                errors.Add($"The node '{node.Endpoint}' is not host or host:port with a port from 1 to 65535.");
            }
        }

        if (_nodes.Count == 0)
        {
            errors.Add("There are no nodes; call AddNode for each server.");
        }

        errors.AddRange(endpoints.GroupBy(e => (e.Host.ToUpperInvariant(), e.Port)).Where(g => g.Count() > 1)
            .Select(g => $"The node '{g.First().Host}:{g.First().Port}' was added {g.Count()} times; add it once."));
        errors.AddRange(endpoints.DistinctBy(e => (e.Host.ToUpperInvariant(), e.Port))
            .GroupBy(e => e.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1)
            .Select(g => $"{g.Count()} nodes are named '{g.Key}'; names must differ."));
        return endpoints.ToImmutable();
    }

    private void CheckPlaces(List<string> errors)
    {
        IEnumerable<(string Where, string Region)> named =
        [
            .. _readRule.Regions.Select(r => ("RestrictReads", r)),
            .. _writeRule.Regions.Select(r => ("RestrictWrites", r)),
            .. _region is null ? Array.Empty<(string, string)>() : [("LocatedIn", _region)],
        ];
        errors.AddRange(named.Where(n => _regions.Count > 0 && !_regions.Contains(n.Region)).Select(
            n => $"{n.Where} names '{n.Region}', a region without nodes; the nodes are in {string.Join(", ", _regions)}."));
        errors.AddRange(_nodes.Where(n => !(n.Weight > 0) || !double.IsFinite(n.Weight)).Select(
            n => $"The node '{n.Endpoint}' has the weight {n.Weight}; give it one greater than zero."));
        if (_regions.Count > Geography.MaxRegions || _nodes.Count > Router.MaxNodes)
        {
            errors.Add($"There are {_nodes.Count} nodes in {_regions.Count} regions; at most {Router.MaxNodes} in {Geography.MaxRegions} can be routed.");
        }
    }

    private RoutingPolicy? Policy(List<string> errors)
    {
        var policy = _policies.Find(p => string.Equals(p.Name, _options.Policy, StringComparison.OrdinalIgnoreCase));
        if (policy is null)
        {
            errors.Add($"Policy is '{_options.Policy}'; there are {string.Join(", ", _policies.Select(p => p.Name))}. Add one of your own with AddPolicy.");
        }

        return policy;
    }

    private string? Spelling(string? region) => region is not null && _regions.TryGetValue(region, out var spelt) ? spelt : region;
}
