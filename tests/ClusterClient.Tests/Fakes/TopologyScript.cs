using System.Collections.Immutable;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

/// <summary>
/// Plays rounds of looks through the resolver, without monitor or time. A round has a word for each node: an answer as in
/// <see cref="Facts"/>, <c>x</c> refused, <c>~</c> silent, <c>!</c> doubted, <c>.</c> no news. Rounds are a second apart.
/// </summary>
internal sealed class TopologyScript
{
    private readonly ManualTimeProvider _clock;
    private readonly NodeSighting[] _sightings;
    private readonly ImmutableArray<NodeEndpoint> _endpoints;

    public TopologyScript(int nodes, ManualTimeProvider? clock = null)
        : this(Nodes(nodes), clock)
    {
    }

    public TopologyScript(ImmutableArray<NodeEndpoint> endpoints, ManualTimeProvider? clock = null)
    {
        _clock = clock ?? new();
        _endpoints = endpoints;
        _sightings = new NodeSighting[endpoints.Length];
        Array.Fill(_sightings, NodeSighting.None);
        Current = TopologyResolver.Resolve(_endpoints, _sightings, null, _clock);
    }

    public ClusterTopology Current { get; private set; }

    public ManualTimeProvider Clock => _clock;

    public string Statuses => string.Join(' ', Current.Nodes.Select(
        n => (n.Status == NodeStatus.Online ? $"{n.Role}" : $"{n.Status}").ToLowerInvariant()));

    /// <summary>Nodes a, b, c, … in regions eu, eu, us, us, ….</summary>
    public static ImmutableArray<NodeEndpoint> Nodes(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new NodeEndpoint($"{(char)('a' + i)}.db", 5432, i < 2 ? "eu" : "us", name: $"{(char)('a' + i)}"))];

    /// <summary>The script after these rounds, which are separated by bars.</summary>
    public static TopologyScript Play(string rounds)
    {
        var split = rounds.Split('|', StringSplitOptions.TrimEntries);
        var script = new TopologyScript(split[0].Split(' ').Length);
        return Array.TrueForAll(split, r => script.Round(r) is not null) ? script : throw new InvalidOperationException();
    }

    public ClusterTopology Round(string round)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        var words = round.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(_sightings.Length, words.Length);
        for (var i = 0; i < words.Length; i++)
        {
            _sightings[i] = Sight(words[i], _sightings[i]);
        }

        return Current = TopologyResolver.Resolve(_endpoints, _sightings, Current, _clock);
    }

    private NodeSighting Sight(string word, NodeSighting before)
    {
        var now = _clock.GetTimestamp();
        return word switch
        {
            "." => before,
            "!" => before.Doubted(now),
            "x" => Sightings.Refused(now).After(before),
            "~" => Sightings.Silent(now).After(before),
            _ => Sightings.Answer(word, now).After(before),
        };
    }
}
