namespace ClusterClient.Topology;

/// <summary>Ends a loop's pause early. What is set after <see cref="Arm"/> ends the next pause; nothing set is ever lost.</summary>
internal sealed class WakeSignal
{
    // Never disposed: without a timer a source holds nothing, and a late Set must not meet a disposed one.
    private CancellationTokenSource _source = new();

    /// <summary>Everything that was set so far is answered by the look that begins now.</summary>
    public CancellationToken Arm()
    {
        var fresh = new CancellationTokenSource();
        Volatile.Write(ref _source, fresh);
        return fresh.Token;
    }

    /// <summary>Callbacks run on the pool, never on the caller.</summary>
    public void Set()
    {
        var source = Volatile.Read(ref _source);
        if (!source.IsCancellationRequested)
        {
            _ = source.CancelAsync();
        }
    }
}
