using ClusterClient.Health;

namespace ClusterClient.Routing;

/// <summary>The nodes that may serve one request, all of them fit for it. Lives on the stack of the decision.</summary>
public readonly ref struct RouteCandidates
{
    private readonly ReadOnlySpan<ushort> _indices;

    internal RouteCandidates(ReadOnlySpan<ushort> indices, ReadOnlySpan<NodeSlot> slots, ReadOnlySpan<NodeState> states, uint turn, long now)
    {
        _indices = indices;
        Slots = slots;
        States = states;
        Turn = turn;
        Now = now;
    }

    /// <summary>How many there are.</summary>
    public int Count => _indices.Length;

    /// <summary>Counts up from request to request, over all reads of the data source: what equals take turns by.</summary>
    public uint Turn { get; }

    internal ReadOnlySpan<ushort> Indices => _indices;

    internal ReadOnlySpan<NodeSlot> Slots { get; }

    internal ReadOnlySpan<NodeState> States { get; }

    /// <summary>The present time, in µs.</summary>
    internal long Now { get; }

    /// <summary>One of them.</summary>
    /// <param name="position">From 0 to <see cref="Count"/> - 1, in an order that is this process's own and does not change.</param>
    public RouteCandidate this[int position]
    {
        get
        {
            var index = _indices[position];
            return new(in Slots[index], States[index], Now);
        }
    }

    /// <summary>A number from 0 to <paramref name="below"/> - 1, even over many requests and different for each.</summary>
    /// <param name="below">Greater than zero.</param>
    /// <param name="draw">Which draw for this request it is: draws with different numbers are independent.</param>
    public int Draw(int below, int draw = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(below);
        // splitmix64: the turn is a counter, and neighbouring counts must have nothing in common.
        var z = ((ulong)Turn + 1) * 0x9E3779B97F4A7C15 + ((ulong)(uint)draw * 0xD1B54A32D192ED03);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)(((z >> 32) * (ulong)below) >> 32);
    }
}
