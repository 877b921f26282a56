namespace ClusterClient.Health;

/// <summary>What a node has served so far: how many requests, and their service times summed up.</summary>
/// <remarks>
/// Both in one word, the sum above the count, as in <see cref="Outstanding"/>: one interlocked addition for each answer, and a reader
/// sees a pair that belongs together. Only differences are of use. They are exact as long as fewer than 16 million requests, or 2^40 µs
/// of service (twelve days), lie between two reads; whoever reads each minute would need 280,000 answers a second to get there.
/// </remarks>
internal struct ServedTotal
{
    private const int CountBits = 24;
    private const long CountMask = (1L << CountBits) - 1;

    private long _word;

    public long Read() => Volatile.Read(ref _word);

    /// <summary>One more, which took so many µs.</summary>
    public void Add(float service) => Interlocked.Add(ref _word, ((long)service << CountBits) + 1);

    /// <summary>What was added between two reads.</summary>
    public static (long Requests, long Microseconds) Between(long before, long now) =>
        ((now - before) & CountMask, (now - before) >>> CountBits);
}
