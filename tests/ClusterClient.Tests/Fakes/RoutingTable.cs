using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ClusterClient.Consistency;
using ClusterClient.Health;
using ClusterClient.Routing;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

/// <summary>
/// A view of a cluster in a few characters, for tables: a word a node with its kind (P primary, R replica, x unreachable, ~ silent,
/// C contested, F fenced, D diverged, f foreign, u unseen), its lag in seconds, <c>!</c> when doubted, <c>*3</c> for three
/// connections in flight, and <c>/us</c> for its region, which is eu otherwise.
/// </summary>
internal sealed partial class RoutingTable
{
    public RoutingTable(string nodes, TimeProvider? time = null)
    {
        var seenAt = time?.GetTimestamp() ?? 1;
        var matches = nodes.Split(' ').Select(w => Pattern().Match(w)).ToArray();
        Assert.All(matches, m => Assert.True(m.Success, $"'{nodes}' has a word that is no node"));
        Topology = new([.. matches.Select((m, i) => Describe(m, i, seenAt))], TopologyMemory.Empty with { Epoch = 1 }, 1);
        Health = [.. matches.Select(m => State(m.Groups["load"].Value))];
    }

    public ClusterTopology Topology { get; }

    public ImmutableArray<NodeState> Health { get; }

    /// <summary>A request in words: <c>write</c> or <c>read</c>, then the caller's region, then <c>replicas</c> for those alone.</summary>
    public static RouteRequest Request(string words, uint turn = 0)
    {
        var split = words.Split(' ');
        return new()
        {
            Intent = split[0] == "write" ? RouteIntent.Write : RouteIntent.Read,
            Freshness = new Freshness(TimeSpan.FromSeconds(10)),
            Region = split.Skip(1).FirstOrDefault(w => w != "replicas"),
            ReadsMayUsePrimary = !split.Contains("replicas"),
            Turn = turn,
        };
    }

    public int Choose(string request, uint turn = 0) => Router.Choose(Request(request, turn), Topology, Health);

    private static NodeDescription Describe(Match word, int index, long seenAt)
    {
        var kind = word.Groups["kind"].Value;
        var status = kind switch
        {
            "P" or "R" => NodeStatus.Online,
            "x" => NodeStatus.Unreachable,
            "~" => NodeStatus.Silent,
            "C" => NodeStatus.Contested,
            "F" => NodeStatus.Fenced,
            "D" => NodeStatus.Diverged,
            "f" => NodeStatus.Foreign,
            _ => NodeStatus.Unseen,
        };
        return new()
        {
            Index = index,
            Endpoint = new($"node{index}", 5432, word.Groups["region"].Success ? word.Groups["region"].Value : "eu", name: $"n{index}"),
            Role = kind == "P" ? NodeRole.Primary : kind == "R" ? NodeRole.Replica : NodeRole.Unknown,
            Status = status,
            Reason = status == NodeStatus.Online ? null : "for a reason",
            IsDoubted = word.Groups["doubt"].Success,
            Epoch = 1,
            Lag = word.Groups["lag"].Success
                ? TimeSpan.FromSeconds(double.Parse(word.Groups["lag"].Value, CultureInfo.InvariantCulture))
                : null,
            SeenAt = status is NodeStatus.Unseen ? 0 : seenAt,
        };
    }

    private static NodeState State(string load)
    {
        var state = new NodeState();
        for (var i = load.Length == 0 ? 0 : int.Parse(load, CultureInfo.InvariantCulture); i > 0; i--)
        {
            state.Begin();
        }

        return state;
    }

    [GeneratedRegex(@"^(?<kind>[PRx~CFDfu])(?<lag>[\d.]+)?(?<doubt>!)?(\*(?<load>\d+))?(/(?<region>\w+))?$")]
    private static partial Regex Pattern();
}
