using System.Collections.Immutable;

namespace ClusterClient.Health.Patterns;

/// <summary>
/// Learns every node's week from what the nodes count, and publishes what to begin with: the service time of a node that is not known
/// yet, and how much of it will be needed soon.
/// </summary>
/// <remarks>
/// It prepares and never decides: a node that has answered is judged by its answers alone, and the next one overrules every forecast.
/// A failover turns the week of a node that was primary upside down; its forecasts get worse than naive ones then, and it switches
/// itself off. <see cref="Observe"/> and <see cref="Restore"/> are for one caller at a time; the snapshot is for anybody.
/// </remarks>
internal sealed class PatternOptimiser
{
    /// <summary>A longer time between two samples was a pause of the process: what was counted in it belongs to no hour.</summary>
    public static readonly TimeSpan LongestSample = TimeSpan.FromMinutes(10);

    private readonly ImmutableArray<string> _names;
    private readonly ImmutableArray<NodeState> _states;
    private readonly TimeProvider _time;
    private readonly NodePattern[] _patterns;
    private readonly long[] _served;
    private long _observedAt;
    private StartingWeights _current;

    public PatternOptimiser(IEnumerable<string> names, ImmutableArray<NodeState> states, TimeProvider time)
    {
        _names = [.. names];
        _states = states;
        _time = time;
        _patterns = [.. states.Select(_ => new NodePattern())];
        _served = [.. states.Select(s => s.Served)];
        _observedAt = time.GetTimestamp();
        _current = Weigh();
    }

    /// <summary>The newest snapshot.</summary>
    public StartingWeights Current => Volatile.Read(ref _current);

    /// <summary>What is worth keeping.</summary>
    public ImmutableArray<NodeMemory> Memories =>
        [.. _names.Zip(_patterns, (n, p) => new NodeMemory(n, p.Ratio, p.Profile)).Where(m => m.Profile != HourOfWeekProfile.Empty)];

    /// <summary>Goes on from what an earlier process has learnt; nodes that are not configured any more are left out.</summary>
    public void Restore(IEnumerable<NodeMemory> memories)
    {
        foreach (var memory in memories)
        {
            if (_names.IndexOf(memory.Node, 0, StringComparer.OrdinalIgnoreCase) is >= 0 and var node)
            {
                _patterns[node].Restore(memory.Profile, memory.Ratio);
            }
        }

        Publish();
    }

    /// <summary>Takes a sample of every node and publishes anew; called each minute.</summary>
    /// <returns>Whether an hour was completed and learnt from.</returns>
    public bool Observe()
    {
        var elapsed = _time.GetElapsedTime(_observedAt);
        if (elapsed <= TimeSpan.Zero)
        {
            return false;
        }

        _observedAt = _time.GetTimestamp();
        // The sample's middle says to which hour it belongs: one that reaches over the turn goes where most of it lies.
        var hour = HourOfWeek.Hour(_time.GetUtcNow() - (elapsed / 2));
        var learns = false;
        for (var i = 0; i < _patterns.Length; i++)
        {
            var served = _states[i].Served;
            var (requests, microseconds) = ServedTotal.Between(_served[i], served);
            _served[i] = served;
            learns |= elapsed <= LongestSample && _patterns[i].Add(hour, elapsed.TotalSeconds, requests, microseconds);
        }

        Publish();
        return learns;
    }

    private void Publish()
    {
        var weights = Weigh();
        Volatile.Write(ref _current, weights);
        for (var i = 0; i < _states.Length; i++)
        {
            _states[i].Prior = weights.Nodes[i].Service;
        }
    }

    private StartingWeights Weigh()
    {
        var hour = HourOfWeek.Hour(_time.GetUtcNow());
        return new(hour, [.. _patterns.Select(p => p.Prior(hour))]);
    }
}
