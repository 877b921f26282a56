namespace ClusterClient.Resilience;

/// <summary>How often something happened within the last ten seconds, in steps of a second. Thread-safe, without a lock.</summary>
internal sealed class RecentCount
{
    private const int Seconds = 10;
    private const long Second = 1_000_000;

    // The second that a cell counts, and its count in the lowest bits: one word, so that a cell is taken for a new second at once.
    private const int CountBits = 24;
    private const long CountMask = (1L << CountBits) - 1;

    private readonly long[] _cells = new long[Seconds];

    /// <param name="now">The present time, in µs.</param>
    public void Add(long now)
    {
        var second = now / Second;
        ref var cell = ref _cells[(int)((ulong)second % Seconds)];
        for (var seen = Volatile.Read(ref cell); ;)
        {
            var next = seen >> CountBits != second ? (second << CountBits) | 1 : (seen & CountMask) == CountMask ? seen : seen + 1;
            var found = Interlocked.CompareExchange(ref cell, next, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    /// <inheritdoc cref="Add"/>
    public long Read(long now)
    {
        var second = now / Second;
        var count = 0L;
        foreach (ref var cell in _cells.AsSpan())
        {
            var word = Volatile.Read(ref cell);
            var of = word >> CountBits;
            count += of > second - Seconds && of <= second ? word & CountMask : 0;
        }

        return count;
    }
}
