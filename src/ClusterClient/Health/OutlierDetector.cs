using System.Collections.Immutable;
using ClusterClient.Topology;

namespace ClusterClient.Health;

/// <summary>Ejects outliers among the replicas and tells when they may serve again. Thread-safe.</summary>
/// <remarks>
/// <para>
/// At most half of the replicas that serve, rounded down, are out at once: a detector that is wrong about a node costs little, one
/// that is wrong about all of them everything. So an only replica is never ejected, and a primary is not either: writes have nowhere
/// else to go. The cap limits what is added; when replicas are lost afterwards, nobody is let in early, and routing's panic decides.
/// </para>
/// <para>
/// What a node did before it rose, or before its last ejection ended, is not held against it: it was another then. The first calls after
/// an ejection are routing's slow start. The calls' own view outranks the monitor's looks, which a node may go on answering.
/// </para>
/// </remarks>
internal sealed class OutlierDetector(ImmutableArray<NodeState> states, HealthClock clock, OutlierSettings settings)
{
    private readonly Lock _gate = new();
    private readonly OutlierRules _rules = new(settings);

    // The ejections whose end has not been told yet.
    private readonly Ejection?[] _running = new Ejection?[states.Length];

    /// <summary>
    /// Whether a streak of faults has just become long enough for a sweep at once. True once for each streak: where the cap stood in
    /// the way, the regular sweeps go on asking.
    /// </summary>
    public bool IsAlarming(int faultsInARow) => faultsInARow == settings.FaultsInARow;

    /// <summary>Ends what is over and ejects who is an outlier.</summary>
    /// <returns>What changed: ends first, in the order of the nodes.</returns>
    public ImmutableArray<OutlierChange> Sweep(ClusterTopology topology, long now)
    {
        var changes = ImmutableArray.CreateBuilder<OutlierChange>();
        lock (_gate)
        {
            End_NeedsLock(topology, now, changes);
            Eject_NeedsLock(topology, now, changes);
        }

        return changes.ToImmutable();
    }

    private void End_NeedsLock(ClusterTopology topology, long now, ImmutableArray<OutlierChange>.Builder changes)
    {
        for (var i = 0; i < _running.Length; i++)
        {
            // One that was promoted is needed now.
            if (_running[i] is { } ejection && (now >= ejection.Until || topology.Nodes[i].Role == NodeRole.Primary))
            {
                // Told once more: with its true end, and so that what it met meanwhile is no streak to go on with.
                ejection = ejection with { Until = Math.Min(now, ejection.Until) };
                states[i].Eject(ejection);
                _running[i] = null;
                changes.Add(new(i, ejection, IsOver: true));
            }
        }
    }

    private void Eject_NeedsLock(ClusterTopology topology, long now, ImmutableArray<OutlierChange>.Builder changes)
    {
        var replicas = topology.Nodes.Where(n => n.Role == NodeRole.Replica).ToArray();
        var room = (replicas.Length / 2) - replicas.Count(n => _running[n.Index] is not null);
        if (room <= 0)
        {
            return;
        }

        foreach (var (node, cause) in _rules.Judge([.. replicas.Where(n => _running[n.Index] is null).Select(n => Conduct(n, now))]))
        {
            if (room > 0 && _running[node] is null)
            {
                var ejection = Ejection.After(states[node].LastEjection, cause, now, settings);
                states[node].Eject(ejection);
                _running[node] = ejection;
                changes.Add(new(node, ejection, IsOver: false));
                room--;
            }
        }
    }

    private NodeConduct Conduct(NodeDescription node, long now)
    {
        var state = states[node.Index];
        var since = Math.Max(state.EjectedUntil, node.RisenAt == 0 ? long.MinValue : clock.From(node.RisenAt));
        return new(node.Index, node.Endpoint.Region, state.FaultsInARow(now, since), state.Tally(now, since));
    }
}
