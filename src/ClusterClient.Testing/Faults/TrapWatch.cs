namespace ClusterClient.Testing.Faults;

/// <summary>
/// Looks for the traps of a proxy on one of its connections. With none set it looks at no byte; with some it goes through copies
/// of what the client sends, each together with the end of the one before, in which a text may have begun.
/// </summary>
/// <param name="traps">Those of the proxy.</param>
/// <param name="reset">Resets the connection on both sides.</param>
/// <threadsafety>One caller for each direction; the two may come at once.</threadsafety>
internal sealed class TrapWatch(TrapSet traps, Action reset)
{
    private byte[] _recent = [];
    private ProxyTrap? _unanswered;
    private volatile bool _isCut;

    /// <summary>Whether a trap has cut the connection: nothing gets through any more, either way.</summary>
    public bool IsCut => _isCut;

    /// <summary>Asked of all bytes that are about to be sent on; true when they must not be. No bytes mean the sender's
    /// end.</summary>
    public bool Cuts(ReadOnlySpan<byte> bytes, bool towardsClient)
    {
        if (_isCut)
            return true;
        if (bytes.IsEmpty)
            return false;
        return towardsClient ? CutsAnswer() : CutsMessage(bytes);
    }

    private bool CutsAnswer() =>
        Volatile.Read(ref _unanswered) is not null && Interlocked.Exchange(ref _unanswered, null) is { } trap && Spring(trap);

    private bool CutsMessage(ReadOnlySpan<byte> bytes)
    {
        var armed = traps.Armed;
        if (armed.IsEmpty)
        {
            _recent = [];
            return false;
        }

        var known = _recent.Length;
        byte[] seen = [.. _recent, .. bytes];
        var overlap = 0;
        foreach (var trap in armed)
        {
            overlap = Math.Max(overlap, trap.Text.Overlap);
            if (trap.Text.IsIn(seen, known) && IsSprungBy(trap))
                return true;
        }

        _recent = seen[^Math.Min(seen.Length, overlap)..];
        return false;
    }

    private bool IsSprungBy(ProxyTrap trap)
    {
        if (trap.Side == CutSide.BeforeServer)
            return trap.TryClaim() && Spring(trap);

        // It is set before the message goes out: the answer may be here before the sending has returned.
        if (Volatile.Read(ref _unanswered) is null && trap.TryClaim())
            Volatile.Write(ref _unanswered, trap);
        return false;
    }

    private bool Spring(ProxyTrap trap)
    {
        if (!trap.TrySpring())
            return false;
        _isCut = true;
        if (trap.Manner == CutManner.Reset)
            reset();
        trap.Tell();
        return true;
    }
}
