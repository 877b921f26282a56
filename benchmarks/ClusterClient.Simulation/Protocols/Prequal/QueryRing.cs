namespace ClusterClient.Simulation.Protocols.Prequal;

/// <summary>
/// All queries from the oldest that has not ended, by number. As every deadline is equally far away, that one's is the next:
/// deadlines need no queue of their own.
/// </summary>
internal sealed class QueryRing(double deadline)
{
    private Query[] _ring = new Query[1 << 12];
    private int _oldest;
    private int _next;

    public double NextDeadline => _oldest == _next ? double.PositiveInfinity : this[_oldest].CameAt + deadline;

    /// <summary>The oldest that has not ended.</summary>
    public int Oldest => _oldest;

    /// <summary>Whether its client still waits.</summary>
    public bool IsOpen(int number) => number >= _oldest && !this[number].Ended;

    public ref Query this[int number] => ref _ring[number & (_ring.Length - 1)];

    public int Add(in Query query)
    {
        if (_next - _oldest == _ring.Length)
        {
            Grow();
        }

        this[_next] = query;
        return _next++;
    }

    /// <summary>The query has ended and may be forgotten with all ended ones before it.</summary>
    public void End(int number)
    {
        this[number].Ended = true;
        while (_oldest != _next && this[_oldest].Ended)
        {
            _oldest++;
        }
    }

    private void Grow()
    {
        var larger = new Query[_ring.Length * 2];
        for (var i = _oldest; i < _next; i++)
        {
            larger[i & (larger.Length - 1)] = this[i];
        }

        _ring = larger;
    }
}
