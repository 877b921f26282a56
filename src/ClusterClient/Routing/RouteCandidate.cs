using ClusterClient.Health;

namespace ClusterClient.Routing;

/// <summary>One node that may serve a request, with what this process has seen of it.</summary>
public readonly ref struct RouteCandidate
{
    private readonly ref readonly NodeSlot _slot;
    private readonly NodeState _state;
    private readonly long _now;

    internal RouteCandidate(in NodeSlot slot, NodeState state, long now)
    {
        _slot = ref slot;
        _state = state;
        _now = now;
    }

    /// <summary>The node as the monitor saw it last.</summary>
    public Topology.NodeDescription Node => _slot.Node;

    /// <summary>Its share of the work when all is even, as configured; 1 by default.</summary>
    public double Weight => 1 / _slot.PerWeight;

    /// <summary>Opens and commands of this process that are under way there.</summary>
    public int InFlight => _state.InFlight;

    /// <summary>Connections that this process has open to it, in use or in hand.</summary>
    public int Connections => _state.Connections;

    /// <summary>The network's part of a request.</summary>
    public TimeSpan RoundTrip => TimeSpan.FromMicroseconds(_slot.RoundTrip);

    /// <summary>The server's part as it is expected now, from the last answers and what is still out; zero when nothing is known.</summary>
    public TimeSpan ServiceTime => TimeSpan.FromMicroseconds(Load.Service);

    /// <summary>
    /// What the default policy ranks by, in milliseconds: the round trip, and the service time with a toll on what is in flight. Lower
    /// is better; of use for a rule that only wants to change or limit it.
    /// </summary>
    public double Cost => NodeCost.Tolled(Load, _slot) / 1000;

    private NodeLoad Load => _state.Load(_now, _slot.RoundTrip);
}
