using ClusterClient.Topology;

namespace ClusterClient.Data;

/// <summary>The last commits, oldest first, in an array that grows as it is used up to its capacity. For one thread at a time.</summary>
internal sealed class CommitRing(int capacity)
{
    private const int AtFirst = 64;

    private AcknowledgedCommit[] _items = [];
    private int _first;
    private int _count;

    public int Count => _count;

    /// <summary>The histories of those in it.</summary>
    public IEnumerable<History> Histories => Enumerable.Range(0, _count).Select(i => _items[(_first + i) % _items.Length].History).Distinct();

    /// <summary>Takes one more.</summary>
    /// <returns>The oldest one, which had to go for it; null when there was room.</returns>
    public AcknowledgedCommit? Add(AcknowledgedCommit commit)
    {
        if (_count == capacity)
        {
            var oldest = _items[_first];
            _items[_first] = commit;
            _first = (_first + 1) % capacity;
            return oldest;
        }

        if (_count == _items.Length)
        {
            Grow();
        }

        _items[(_first + _count++) % _items.Length] = commit;
        return null;
    }

    /// <summary>Takes out those of which this is true, oldest first.</summary>
    public List<AcknowledgedCommit> Take(Predicate<AcknowledgedCommit> which)
    {
        List<AcknowledgedCommit> taken = [];
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            var commit = _items[(_first + i) % _items.Length];
            if (which(commit))
            {
                taken.Add(commit);
            }
            else
            {
                _items[(_first + kept++) % _items.Length] = commit;
            }
        }

        for (var i = kept; i < _count; i++)
        {
            // What it holds on to may go.
            _items[(_first + i) % _items.Length] = default;
        }

        _count = kept;
        return taken;
    }

    private void Grow()
    {
        var items = new AcknowledgedCommit[Math.Min(capacity, Math.Max(AtFirst, 2 * _items.Length))];
        for (var i = 0; i < _count; i++)
        {
            items[i] = _items[(_first + i) % _items.Length];
        }

        (_items, _first) = (items, 0);
    }
}
