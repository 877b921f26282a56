namespace ClusterClient.Health;

/// <summary>The calls that ended at a node within one second: an entry of a <see cref="CallWindow"/>.</summary>
/// <remarks>
/// Count and sum live in one word and change in one interlocked addition, so that their ratio is never torn. The first call of a
/// second clears what was left of an earlier one. Tolerated: T1 finds the bucket in its second and is held up; T2 turns it to a later
/// one; T1's call counts there. And while T2 clears, the calls of T3 are not counted: some of many.
/// </remarks>
internal struct CallBucket
{
    /// <summary>More calls than end within a second; what is above holds the sum of as many levels.</summary>
    private const int CountBits = 24;

    private const long Clearing = long.MaxValue;

    private long _second;
    private long _word;
    private int _faults;

    public void Add(long second, int level, bool faulted)
    {
        var held = Volatile.Read(ref _second);
        if (held != second && !TurnTo(second, held))
        {
            return;
        }

        if (faulted)
        {
            Interlocked.Increment(ref _faults);
        }

        Interlocked.Add(ref _word, ((long)level << CountBits) + 1);
    }

    /// <summary>What ended in this second; nothing when the bucket holds another.</summary>
    public readonly CallTally Tally(long second)
    {
        if (Volatile.Read(in _second) != second)
        {
            return default;
        }

        var word = Volatile.Read(in _word);
        return new(word & ((1 << CountBits) - 1), Volatile.Read(in _faults), word >> CountBits);
    }

    // False for a call that comes from a second that is gone.
    private bool TurnTo(long second, long held)
    {
        if (held > second)
        {
            return false;
        }

        if (Interlocked.CompareExchange(ref _second, Clearing, held) != held)
        {
            return Volatile.Read(ref _second) == second;
        }

        _word = 0;
        _faults = 0;
        Volatile.Write(ref _second, second);
        return true;
    }
}
