using System.Runtime.CompilerServices;

namespace ClusterClient.Simulation.Engine;

/// <summary>
/// What is still to happen, soonest first; of equal times what was added first, so that a run does not depend on how the heap lies.
/// Four children a node: a heap half as deep, and the children of a node lie together in memory.
/// </summary>
internal sealed class EventQueue<T>
{
    private const int Arity = 4;
    private Entry[] _heap = new Entry[1024];
    private long _added;

    public int Count { get; private set; }

    /// <summary>The time of the next event, or infinity.</summary>
    public double NextTime => Count == 0 ? double.PositiveInfinity : _heap[0].Time;

    public void Add(double time, T what)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }

        var heap = _heap;
        var entry = new Entry(time, _added++, what);
        var at = Count++;
        while (at > 0)
        {
            var parent = (at - 1) / Arity;
            if (!entry.IsBefore(in heap[parent]))
            {
                break;
            }

            heap[at] = heap[parent];
            at = parent;
        }

        heap[at] = entry;
    }

    public bool TryTake(out double time, out T what)
    {
        if (Count == 0)
        {
            (time, what) = (double.PositiveInfinity, default!);
            return false;
        }

        var heap = _heap;
        (time, what) = (heap[0].Time, heap[0].What);
        var last = heap[--Count];
        heap[Count] = default;
        if (Count > 0)
        {
            SinkFromRoot(heap, in last);
        }

        return true;
    }

    private void SinkFromRoot(Entry[] heap, in Entry entry)
    {
        var at = 0;
        while (true)
        {
            var first = at * Arity + 1;
            if (first >= Count)
            {
                break;
            }

            var least = first;
            var end = Math.Min(first + Arity, Count);
            for (var child = first + 1; child < end; child++)
            {
                if (heap[child].IsBefore(in heap[least]))
                {
                    least = child;
                }
            }

            if (!heap[least].IsBefore(in entry))
            {
                break;
            }

            heap[at] = heap[least];
            at = least;
        }

        heap[at] = entry;
    }

    private readonly struct Entry(double time, long order, T what)
    {
        public readonly double Time = time;
        public readonly long Order = order;
        public readonly T What = what;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsBefore(in Entry other) => Time < other.Time || (Time == other.Time && Order < other.Order);
    }
}
