namespace ClusterClient.Health;

/// <summary>The calls of one caller that wait at a node, in the order in which they came, and its place among those that take turns.</summary>
/// <remarks>Belongs to a <see cref="FlowRing"/>, and is under the lock of whoever owns that.</remarks>
internal sealed class CallerFlow
{
    private QueuedCall? _first;

    public int Key { get; private set; }

    public double Weight { get; private set; } = 1;

    /// <summary>How many turns it has left to take.</summary>
    public double Deficit { get; set; }

    /// <summary>Whether it was given what it may take in this round.</summary>
    public bool HasQuantum { get; set; }

    public int Count { get; private set; }

    public QueuedCall? Last { get; private set; }

    public QueuedCall First => _first!;

    /// <summary>How much waits here in relation to what it is entitled to.</summary>
    public double Length => Count / Weight;

    public CallerFlow? Next { get; set; }

    public CallerFlow? Previous { get; set; }

    public void Add(QueuedCall call)
    {
        Key = Count == 0 ? call.Share.Flow : Key;
        // What the caller says last holds.
        Weight = call.Share.Weight;
        call.Flow = this;
        call.Previous = Last;
        if (Last is null)
        {
            _first = call;
        }
        else
        {
            Last.Next = call;
        }

        Last = call;
        Count++;
    }

    public void Remove(QueuedCall call)
    {
        if (call.Previous is { } previous)
        {
            previous.Next = call.Next;
        }
        else
        {
            _first = call.Next;
        }

        if (call.Next is { } next)
        {
            next.Previous = call.Previous;
        }
        else
        {
            Last = call.Previous;
        }

        call.Next = call.Previous = null;
        call.Flow = null;
        Count--;
    }
}
