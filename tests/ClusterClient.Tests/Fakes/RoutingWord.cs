using System.Globalization;
using System.Text.RegularExpressions;
using ClusterClient.Health;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Fakes;

/// <summary>
/// One node in a few characters: its kind (P primary, R replica, x unreachable, ~ silent, C contested, F fenced, D diverged, f foreign,
/// u unseen), its lag in seconds, then in any order <c>!</c> when doubted, <c>*3</c> for three requests in flight, <c>@50</c> for
/// 50 ms since they began, <c>/us</c> for its region, which is eu otherwise, or <c>/us:a</c> with a zone, <c>^12</c> for a round trip of
/// 12 ms, <c>$5</c> for a service time of 5 ms, which is unknown otherwise, <c>#2</c> for its weight, <c>%90</c> for the percentage of
/// its connections in use, <c>+7.5</c> for as many seconds since it rose, <c>&amp;20</c> for as many that it stays ejected, and for its circuit <c>=5</c> when
/// it is open for as many more seconds, <c>=-1</c> when it is due for its trial, <c>=t</c> with the trial under way, <c>=i</c> isolated.
/// </summary>
internal sealed partial class RoutingWord
{
    private readonly string _kind;
    private readonly string _lag;
    private readonly Dictionary<char, string> _marks;

    public RoutingWord(string word)
    {
        var match = Pattern().Match(word);
        Assert.True(match.Success, $"'{word}' is no node");
        (_kind, _lag) = (match.Groups["kind"].Value, match.Groups["lag"].Value);
        _marks = match.Groups["mark"].Captures.ToDictionary(m => m.Value[0], m => m.Value[1..]);
    }

    public float Weight => (float)Number('#', 1);

    private string[] Place => _marks.GetValueOrDefault('/', "eu").Split(':');

    private NodeStatus Status => _kind switch
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

    public NodeEndpoint Endpoint(int index) => new($"node{index}", 5432, Place[0], Place.ElementAtOrDefault(1), $"n{index}");

    public TimeSpan RoundTrip(string? here) =>
        TimeSpan.FromMilliseconds(Number('^', here is null || string.Equals(here, Place[0], StringComparison.OrdinalIgnoreCase) ? .3 : 12));

    public NodeDescription Describe(int index, TimeSpan roundTrip, TimeSpan seenAgo, TimeProvider time) => new()
    {
        Index = index,
        Endpoint = Endpoint(index),
        Role = _kind == "P" ? NodeRole.Primary : _kind == "R" ? NodeRole.Replica : NodeRole.Unknown,
        Status = Status,
        Reason = Status == NodeStatus.Online ? null : "for a reason",
        IsDoubted = _marks.ContainsKey('!'),
        Epoch = 1,
        Lag = _lag.Length == 0 ? null : TimeSpan.FromSeconds(double.Parse(_lag, CultureInfo.InvariantCulture)),
        RoundTrip = Status == NodeStatus.Unseen ? TimeSpan.Zero : roundTrip,
        Connections = _marks.ContainsKey('%') ? (int)Number('%', 0) : null,
        ConnectionLimit = _marks.ContainsKey('%') ? 100 : null,
        RisenAt = _marks.ContainsKey('+') ? Before(time, TimeSpan.FromSeconds(Number('+', 0))) : 0,
        SeenAt = Status is NodeStatus.Unseen ? 0 : Before(time, seenAgo),
    };

    public NodeState State(long now, TimeSpan roundTrip, PeerState peers)
    {
        var state = new NodeState(peers);
        if (_marks.ContainsKey('$'))
        {
            var began = now - (long)(roundTrip.TotalMicroseconds + (Number('$', 0) * 1000));
            state.Begin(began);
            state.Complete(began, now, (float)roundTrip.TotalMicroseconds, faulted: false);
        }

        for (var i = (int)Number('*', 0); i > 0; i--)
        {
            state.Begin(now - (long)(Number('@', 0) * 1000));
        }

        if (_marks.ContainsKey('&'))
        {
            state.Eject(new(now, now + (long)(Number('&', 0) * 1_000_000), 1, "5 faults in a row"));
        }

        if (_marks.TryGetValue('=', out var circuit))
        {
            state.SetGate(circuit switch
            {
                "i" => CircuitGate.Isolated,
                "t" => CircuitGate.TrialUntil(now + 5_000_000),
                _ => CircuitGate.OpenUntil(now + (long)(Number('=', 0) * 1_000_000)),
            });
        }

        return state;
    }

    private static long Before(TimeProvider time, TimeSpan ago) =>
        time.GetTimestamp() - (long)(ago.TotalSeconds * time.TimestampFrequency);

    private double Number(char mark, double otherwise) =>
        _marks.TryGetValue(mark, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex(@"^(?<kind>[PRx~CFDfu])(?<lag>[\d.]+)?(?<mark>!|/\w+(:\w+)?|=[it]|[*@^$#%+&=]-?[\d.]+)*$")]
    private static partial Regex Pattern();
}
