namespace ClusterClient.Health;

/// <summary>
/// The requests that are out at one node: how many, and the sum of the times at which they began, from which follows for how long
/// they have been out in all.
/// </summary>
/// <remarks>
/// Both live in one word, the sum above the count, and change in one interlocked addition: two fields would be read torn, and an age
/// of years come of it. The sum may overflow, out at the top and harming nothing: all arithmetic is modulo 2^48 µs, nine years.
/// </remarks>
internal struct Outstanding
{
    /// <summary>More requests at one node than any pool would let out.</summary>
    private const int CountBits = 16;

    private long _word;

    /// <summary>Both numbers as of one moment, for the functions below.</summary>
    public long Read() => Volatile.Read(ref _word);

    /// <returns>How many there are with it.</returns>
    public int Begin(long at) => Count(Interlocked.Add(ref _word, (at << CountBits) + 1));

    /// <summary>Ends what was begun at exactly this time; once each.</summary>
    /// <returns>How many there are without it.</returns>
    public int End(long beganAt) => Count(Interlocked.Add(ref _word, -((beganAt << CountBits) + 1)));

    /// <summary>What was begun at one time counts from another on.</summary>
    public void Restart(long beganAt, long at) => Interlocked.Add(ref _word, (at - beganAt) << CountBits);

    public static int Count(long word) => (int)(word & ((1 << CountBits) - 1));

    /// <summary>
    /// For how long all of them together have been out, in µs. Signed: one may have begun after the reader took its time.
    /// </summary>
    public static long Age(long word, long now)
    {
        var count = word & ((1 << CountBits) - 1);
        return (((count * now) << CountBits) - (word - count)) >> CountBits;
    }
}
