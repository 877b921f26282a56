using ClusterClient.Testing.Faults;

namespace ClusterClient.Testing;

/// <summary>
/// Set by <see cref="FaultProxy.CutAt"/>: cuts the connections whose clients send a text, so many times and then no more.
/// Disposing it disarms it.
/// </summary>
/// <threadsafety>Safe: connections spring it, and anybody may watch or dispose it meanwhile.</threadsafety>
public sealed class ProxyTrap : IDisposable
{
    private readonly TaskCompletionSource _sprung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly TrapSet _armed;
    private int _left;
    private int _cuts;
    private bool _isDisarmed;

    internal ProxyTrap(TrapSet armed, TrapText text, CutSide side, CutManner manner, int times)
    {
        _armed = armed;
        Text = text;
        Side = side;
        Manner = manner;
        _left = times;
    }

    /// <summary>
    /// Completes when the first connection has been cut; wait for it with a deadline. Cancelled when the trap is disarmed before.
    /// </summary>
    public Task Sprung => _sprung.Task;

    /// <summary>How many connections have been cut so far.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    internal TrapText Text { get; }

    internal CutSide Side { get; }

    internal CutManner Manner { get; }

    /// <summary>Disarms it. A message already on its way gets its answer; what has been cut stays so.</summary>
    public void Dispose()
    {
        bool wasInVain;
        lock (_gate)
        {
            _isDisarmed = true;
            _left = 0;
            wasInVain = _cuts == 0;
        }

        _armed.Remove(this);
        if (wasInVain)
            _sprung.TrySetCanceled();
    }

    /// <summary>Takes one of the cuts that are left for a message that has been found.</summary>
    internal bool TryClaim()
    {
        lock (_gate)
        {
            if (_left == 0)
                return false;
            _left--;
            if (_left > 0)
                return true;
        }

        _armed.Remove(this);
        return true;
    }

    /// <summary>Whether a claimed cut may now be made: it may unless the trap has been disarmed since.</summary>
    internal bool TrySpring()
    {
        lock (_gate)
        {
            if (_isDisarmed)
                return false;
            _cuts++;
            return true;
        }
    }

    /// <summary>Says that the cut has been made, to those who wait for it.</summary>
    internal void Tell() => _sprung.TrySetResult();
}
