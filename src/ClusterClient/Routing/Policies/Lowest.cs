using System.Runtime.CompilerServices;

namespace ClusterClient.Routing.Policies;

/// <summary>Keeps the candidates of the lowest cost while a policy goes through them; equals take turns.</summary>
/// <remarks>
/// The turn counts among the equals alone. Starting the scan at the turn's candidate and taking the first minimum would give whoever
/// stands behind a worse one that one's turns as well.
/// </remarks>
internal ref struct Lowest(Span<ushort> equals)
{
    /// <summary>So many equals take turns; those beyond get theirs once the others are busier.</summary>
    public const int MaxEquals = 128;

    private readonly Span<ushort> _equals = equals;
    private int _count;

    public float Cost { get; private set; } = float.PositiveInfinity;

    public readonly bool IsEmpty => _count == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int position, float cost)
    {
        if (cost < Cost)
        {
            (Cost, _count) = (cost, 0);
        }

        if (cost <= Cost && _count < _equals.Length)
        {
            _equals[_count++] = (ushort)position;
        }
    }

    public readonly int Pick(uint turn) => _count == 1 ? _equals[0] : _equals[(int)(turn % (uint)_count)];
}
