using System.Runtime.CompilerServices;
using ClusterClient.Resilience;

namespace ClusterClient.Health;

/// <summary>How many calls of this process a node can work at without making them wait for each other: Gradient2, with a probe.</summary>
/// <remarks>
/// <para>
/// <c>limit = 0.8 limit + 0.2 (limit · g + 4)</c> after each round of answers, with <c>g = clamp(1.5 · calm / crowded, 0.5, 1)</c>: calm is
/// what an answer takes (an average over 600) while no more calls than the floor are in flight, crowded the mean over this round, of as many
/// answers as the limit, which counts only while half of the limit or more are in flight. Both means are geometric (<see cref="LatencyLevel"/>):
/// a few reports of seconds among queries of a millisecond are no overload, and would be taken for one by the usual mean. Crowded takes each for
/// four times calm at most, so that up to a quarter of the answers may be long. Where crowded is less than half of calm, calm is
/// stale, and loses 5 % a round. Calls that time out, or that a server refuses for want of resources, take a tenth off, once for each
/// generation of calls. Always between floor and ceiling.
/// </para>
/// <para>
/// On a server that works at K calls at a time this comes to rest at <c>1.5 K + 4</c>: a queue there that costs half a service time. With a
/// single answer for crowded, as published, the spread of usual service times (their deviation is about their mean) alone would push
/// the limit down; a round has that averaged out. With an average over all answers for calm, an overload that lasts becomes what is usual
/// within a thousand answers, and the limit rises to the ceiling. So calm is learnt on a calm server only, and where crowded rounds go on, it
/// makes one now and then: for four rounds the floor is the limit. That is at once when nothing is known yet; every ten seconds while the
/// limit is pressed down, for the calls may have become heavier rather than more; and every minute otherwise, for calm may be stale and
/// too high. An application whose own load lies below half of the ceiling hardly ever meets it: its limit rises until no round
/// is crowded. Source: Netflix concurrency-limits, Gradient2Limit; the probe after BBR's (CACM 2017).
/// </para>
/// <para>
/// Without locks, and not read torn: what is not one word is written by one thread at a time, and an answer that another comes before is
/// left out. While few calls are in flight an answer costs two comparisons and an average.
/// </para>
/// </remarks>
internal struct ConcurrencyLimit(ConcurrencyLimits settings)
{
    private const float Tolerance = 1.5f;
    private const float QueueSize = 4;
    private const float Smoothing = 0.2f;
    private const float LeastGradient = 0.5f;
    private const float LongWeight = 1 / 600f;
    private const float AfterFault = 0.9f;
    private const float StaleCalm = 0.95f;

    /// <summary>Four times calm, as a level: from three times on the gradient is at its least anyway, and what takes longer was long by nature.</summary>
    private const float MostAboveCalm = 2 * 256;
    private const int LeastRound = 10;
    private const int LeastProbe = 5;
    private const int ProbeRounds = 4;

    private const long Never = long.MinValue / 4;

    /// <summary>
    /// From one probe to the next, in µs, while the limit is pressed down and otherwise; and how long it may take until few calls are in
    /// flight, and again until enough of them are answered. Calls that take longer cannot be probed: what waits must not wait for that.
    /// </summary>
    private const long ProbeEvery = 10_000_000;
    private const long ProbeSeldom = 60_000_000;
    private const long ProbeLimit = 250_000;

    private readonly ConcurrencyLimits _settings = settings;
    private int _now = settings.Initial;
    private int _calmUpTo = settings.IsNone ? -1 : settings.Floor;
    private int _crowdedFrom = Half(settings.Initial);

    // Levels, not times.
    private float _calm;
    private float _calmWeight = 1;
    private float _limit = settings.Initial;
    private float _crowded;
    private float _sum;
    private int _count;
    private int _isBusy;
    private bool _isProbing;
    private long _probedAt = Never;
    private long _calmSince;
    private long _cutAt = Never;

    /// <summary>How many calls may be in flight now.</summary>
    public readonly int Now => _now;

    /// <summary>What an answer took in the last crowded round, in µs, as its geometric mean; 0 when there was none.</summary>
    public readonly float Crowded => _crowded > 0 ? Time(_crowded) : 0;

    /// <summary>From how many in flight on it is crowded.</summary>
    public readonly int CrowdedFrom => _crowdedFrom;

    /// <summary>The limit after a round, before its bounds.</summary>
    public static float After(float limit, float calm, float crowded)
    {
        var gradient = Math.Clamp(Tolerance * calm / crowded, LeastGradient, 1);
        return ((1 - Smoothing) * limit) + (Smoothing * ((limit * gradient) + QueueSize));
    }

    /// <summary>A call was answered.</summary>
    /// <param name="sample">What the server took for it, in µs.</param>
    /// <param name="inFlight">How many were in flight, this one included.</param>
    /// <param name="beganAt">When it began, in µs.</param>
    /// <param name="now">The present time, in µs.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Answered(float sample, int inFlight, long beganAt, long now)
    {
        if (inFlight <= _calmUpTo)
        {
            // The first ones weigh more, or the very first, for which everything is cold, would be what is usual for long.
            _calm += _calmWeight * (LatencyLevel.Of((long)sample) - _calm);
            _calmWeight = _calmWeight > LongWeight ? _calmWeight / (1 + _calmWeight) : LongWeight;
        }

        if (inFlight >= _crowdedFrom)
        {
            AnsweredInCrowd(sample, inFlight, beganAt, now);
        }
    }

    /// <summary>
    /// A call's caller gave up on it: had it been answered, it would have taken longer still. Counts only where that is news, or an
    /// overload in which nobody waits for an answer would never be noticed; and bounded, for some give up on what was long by nature.
    /// </summary>
    public void GivenUp(float atLeast, int inFlight, long beganAt, long now)
    {
        if (inFlight >= _crowdedFrom && _calm > 0 && !_isProbing && Time(_calm) is var calm && atLeast > Tolerance * calm)
        {
            AnsweredInCrowd(Math.Min(atLeast, 2 * Tolerance * calm), inFlight, beganAt, now);
        }
    }

    /// <summary>A call timed out, or was refused for want of resources.</summary>
    public void Overloaded(long beganAt, long now)
    {
        if (_settings.IsNone || beganAt <= Volatile.Read(ref _cutAt) || Interlocked.Exchange(ref _isBusy, 1) != 0)
        {
            return;
        }

        _cutAt = now;
        Set(_limit * AfterFault);
        Volatile.Write(ref _isBusy, 0);
    }

    /// <summary>
    /// A call is about to wait: ends a probe whose time is up. Answers end it too, but where only long calls are in flight, none comes.
    /// </summary>
    public void AboutToWait(long now)
    {
        if (_isProbing && IsOutOfTime(now) && Interlocked.Exchange(ref _isBusy, 1) == 0)
        {
            if (_isProbing)
            {
                EndProbe();
            }

            Volatile.Write(ref _isBusy, 0);
        }
    }

    /// <summary>The server is another now: nothing that was learnt holds.</summary>
    public void Reset()
    {
        // Whoever is in the midst of a round may write once more; the next rounds mend it.
        EndProbe();
        (_calm, _calmWeight, _crowded, _sum, _count, _probedAt) = (0, 1, 0, 0, 0, Never);
        Set(_settings.Initial);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AnsweredInCrowd(float sample, int inFlight, long beganAt, long now)
    {
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
        {
            return;
        }

        if (_isProbing)
        {
            Probe(sample, inFlight, beganAt, now);
        }
        else
        {
            var level = LatencyLevel.Of((long)sample);
            _sum += _calm > 0 ? Math.Min(level, _calm + MostAboveCalm) : level;
            if (++_count >= Math.Max(LeastRound, _now))
            {
                EndRound(now);
            }
        }

        Volatile.Write(ref _isBusy, 0);
    }

    private void EndRound(long now)
    {
        _crowded = _sum / _count;
        (_sum, _count) = (0, 0);
        var (calm, crowded) = (Time(_calm), Time(_crowded));
        if (calm > 2 * crowded)
        {
            calm *= StaleCalm;
            _calm = LatencyLevel.Of((long)calm);
        }

        if (_calm > 0)
        {
            Set(After(_limit, calm, crowded));
        }

        var since = now - _probedAt;
        var isDue = _probedAt == Never ? _calm == 0 : since >= (crowded > Tolerance * calm ? ProbeEvery : ProbeSeldom);
        _probedAt = isDue || _probedAt == Never ? now : _probedAt;
        if (isDue)
        {
            _isProbing = true;
            _calmSince = 0;
            _now = _settings.Floor;
            // Every answer is the probe's until it is over.
            (_calmUpTo, _crowdedFrom) = (-1, 0);
        }
    }

    private void Probe(float sample, int inFlight, long beganAt, long now)
    {
        if (_calmSince == 0)
        {
            _calmSince = inFlight <= _settings.Floor ? now : 0;
        }
        else if (beganAt >= _calmSince)
        {
            _sum += LatencyLevel.Of((long)sample);
            _count++;
        }

        var isOutOfTime = IsOutOfTime(now);
        if (_count >= (isOutOfTime ? LeastProbe : Math.Max(LeastRound, ProbeRounds * _settings.Floor)))
        {
            _calm = _sum / _count;
            _calmWeight = 1f / _count;
            EndProbe();
        }
        else if (isOutOfTime)
        {
            EndProbe();
        }
    }

    private readonly bool IsOutOfTime(long now) => now - Math.Max(_probedAt, _calmSince) >= ProbeLimit;

    private static float Time(float level) => (float)LatencyLevel.Back(level);

    private void EndProbe()
    {
        _isProbing = false;
        (_sum, _count) = (0, 0);
        _calmUpTo = _settings.IsNone ? -1 : _settings.Floor;
        Set(_limit);
    }

    private void Set(float limit)
    {
        _limit = Math.Clamp(limit, _settings.Floor, _settings.Ceiling);
        if (!_isProbing)
        {
            _now = (int)_limit;
            _crowdedFrom = _settings.IsNone ? int.MaxValue : Half(_now);
        }
    }

    private static int Half(int limit) => limit == int.MaxValue ? limit : Math.Max(1, limit / 2);
}
