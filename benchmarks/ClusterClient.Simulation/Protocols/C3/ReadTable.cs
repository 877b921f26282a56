namespace ClusterClient.Simulation.Protocols.C3;

/// <summary>The reads under way, by number. Numbers are used again.</summary>
internal sealed class ReadTable
{
    private readonly Stack<int> _free = new();
    private Read[] _reads = new Read[1 << 12];
    private int _used;

    public int Open => _used - _free.Count;

    /// <summary>Not to be held across an <see cref="Add"/>.</summary>
    public ref Read this[int number] => ref _reads[number];

    public int Add(in Read read)
    {
        if (!_free.TryPop(out var number))
        {
            number = _used++;
            if (number == _reads.Length)
            {
                Array.Resize(ref _reads, _used * 2);
            }
        }

        _reads[number] = read;
        return number;
    }

    public void Remove(int number) => _free.Push(number);
}
