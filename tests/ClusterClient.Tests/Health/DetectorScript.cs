using System.Collections.Immutable;
using ClusterClient.Health;
using ClusterClient.Tests.Fakes;
using ClusterClient.Topology;

namespace ClusterClient.Tests.Health;

/// <summary>A detector over a group that rounds of <see cref="TopologyScript"/> describe, and calls to its nodes.</summary>
internal sealed class DetectorScript
{
    private readonly TopologyScript _script;
    private readonly HealthClock _clock;

    public DetectorScript(string rounds)
    {
        _script = TopologyScript.Play(rounds);
        _clock = new(_script.Clock);
        States = [.. _script.Current.Nodes.Select(_ => new NodeState())];
        Detector = new(States, _clock, OutlierSettings.Default);
        // Away from the first looks, and from the seconds' edges.
        After(60.5);
    }

    public ImmutableArray<NodeState> States { get; }

    public OutlierDetector Detector { get; }

    public ClusterTopology Topology => _script.Current;

    public long Now => _clock.Now;

    public string Ejected => string.Join(' ', States.Index().Where(s => s.Item.IsEjected(Now)).Select(s => Name(s.Index)));

    public DetectorScript After(double seconds)
    {
        _script.Clock.Advance(TimeSpan.FromSeconds(seconds));
        return this;
    }

    public DetectorScript Round(string round)
    {
        _script.Round(round);
        return this;
    }

    /// <summary>Calls to these nodes, one after another: as many faults, then as many answers.</summary>
    public DetectorScript Calls(string nodes, int faults, int answers = 0)
    {
        foreach (var state in nodes.Select(n => States[n - 'a']))
        {
            for (var i = 0; i < faults + answers; i++)
            {
                state.Begin(Now);
                state.Complete(Now, Now, 0, faulted: i < faults);
            }
        }

        return this;
    }

    /// <summary>What a sweep changes: <c>b 30 s</c> for an ejection, <c>b back</c> for its end.</summary>
    public string Sweep() => string.Join(", ", Detector.Sweep(Topology, Now).Select(
        c => c.IsOver ? $"{Name(c.Node)} back" : $"{Name(c.Node)} {c.Ejection.Duration / 1e6} s"));

    private static string Name(int node) => $"{(char)('a' + node)}";
}
