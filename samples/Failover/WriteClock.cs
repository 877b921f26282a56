using System.Diagnostics;

namespace Failover;

/// <summary>Measures the longest time without a successful write, over all writers of one contender.</summary>
internal sealed class WriteClock
{
    /// <summary>A pause of this length is not the rhythm of the writers any more.</summary>
    private static readonly TimeSpan Unsteady = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan SteadyAfter = TimeSpan.FromMilliseconds(1500);

    private readonly Lock _gate = new();
    private long _lastSuccess = Stopwatch.GetTimestamp();
    private long _steadySince = Stopwatch.GetTimestamp();
    private WriteGap _longest;

    /// <summary>Whether writes have been flowing for a while.</summary>
    public bool IsSteady
    {
        get
        {
            lock (_gate)
                return Stopwatch.GetElapsedTime(_lastSuccess) < Unsteady && Stopwatch.GetElapsedTime(_steadySince) >= SteadyAfter;
        }
    }

    /// <summary>The longest gap since <see cref="Restart"/>; as long as one lasts, none has ended.</summary>
    public WriteGap Gap
    {
        get
        {
            lock (_gate)
            {
                var lasting = Stopwatch.GetElapsedTime(_lastSuccess);
                return lasting < Unsteady ? _longest : new(lasting > _longest.Length ? lasting : _longest.Length, EndedAt: null);
            }
        }
    }

    public void Succeeded()
    {
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            var gap = new WriteGap(Stopwatch.GetElapsedTime(_lastSuccess, now), now);
            _longest = gap.Length > _longest.Length ? gap : _longest;
            _steadySince = gap.Length > Unsteady ? now : _steadySince;
            _lastSuccess = now;
        }
    }

    /// <summary>A new fault: what one before it did is not counted against this one.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _lastSuccess = _steadySince = Stopwatch.GetTimestamp();
            _longest = new(default, _lastSuccess);
        }
    }
}
