using System.Numerics;

namespace ClusterClient.Simulation.Engine;

/// <summary>Events that all come the same delay after they are added, and so in that order: a queue, where a heap would sort in vain.</summary>
internal sealed class DelayLine<T>(double delay)
{
    private (double Time, T What)[] _ring = new (double, T)[256];
    private long _first;
    private long _next;

    /// <summary>The time of the next event, or infinity.</summary>
    public double NextTime { get; private set; } = double.PositiveInfinity;

    public void Add(double now, T what)
    {
        if (_next - _first == _ring.Length)
        {
            Grow();
        }

        _ring[_next++ & (_ring.Length - 1)] = (now + delay, what);
        if (_next - _first == 1)
        {
            NextTime = now + delay;
        }
    }

    public T Take()
    {
        var what = _ring[_first++ & (_ring.Length - 1)].What;
        NextTime = _first == _next ? double.PositiveInfinity : _ring[_first & (_ring.Length - 1)].Time;
        return what;
    }

    private void Grow()
    {
        var larger = new (double, T)[BitOperations.RoundUpToPowerOf2((uint)_ring.Length + 1)];
        for (var i = _first; i < _next; i++)
        {
            larger[i & (larger.Length - 1)] = _ring[i & (_ring.Length - 1)];
        }

        _ring = larger;
    }
}
