using System.Collections.Immutable;

namespace ClusterClient.Topology;

/// <summary>
/// The primary's positions over the last while, from which a replica's lag is read.
/// </summary>
/// <remarks>
/// Why this way: a server's own replay timestamp grows without bound while nobody writes, and its <c>replay_lag</c> stays low
/// while replay is paused. Positions cannot lie. A replica at position p had everything that the primary had at the newest
/// sample not beyond p; so, held against the newest sample that was taken before the replica was looked at,
/// <c>lag = t(newest) - t(newest with position ≤ p)</c>, and zero when p is at or beyond the newest. This is an upper bound but
/// for the time since the newest sample, which is one monitor interval. Without a primary no samples come and lag stands still,
/// as it should: nothing is being written. <see cref="Capacity"/> samples are kept. When they are full, the one goes whose
/// neighbours are closest together in relation to its age; so the track reaches back to its start, and what a lag is overstated by
/// stays within a fraction of it: about <c>e^(ln(span/interval)/Capacity) - 1</c>, a fifth for an hour sampled every 15 ms. A replica
/// behind all of it gets the span of the whole track, or the server's hint if that is longer.
/// </remarks>
internal sealed class PositionTrack
{
    internal const int Capacity = 64;

    public static readonly PositionTrack Empty = new([]);

    private readonly ImmutableArray<Sample> _samples;

    private PositionTrack(ImmutableArray<Sample> samples) => _samples = samples;

    private readonly record struct Sample(long At, LogPosition Position);

    public PositionTrack Add(long at, LogPosition position)
    {
        if (!_samples.IsEmpty && (at <= _samples[^1].At || position < _samples[^1].Position))
        {
            return this;
        }

        var kept = _samples.Length < Capacity ? _samples : _samples.RemoveAt(LeastMissed(at));
        return new(kept.Add(new(at, position)));
    }

    private int LeastMissed(long now)
    {
        var least = 1;
        var smallest = double.MaxValue;
        for (var i = 1; i < _samples.Length - 1; i++)
        {
            var gap = (double)(_samples[i + 1].At - _samples[i - 1].At) / (now - _samples[i].At);
            if (gap < smallest)
            {
                (least, smallest) = (i, gap);
            }
        }

        return least;
    }

    /// <summary>Drops what lies beyond the fork: the old epoch's end that the new one does not have.</summary>
    public PositionTrack CutAt(LogPosition? fork) =>
        fork is { } end ? new(_samples.RemoveAll(s => s.Position > end)) : Empty;

    public TimeSpan? LagOf(LogPosition position, long seenAt, TimeSpan? hint, TimeProvider time)
    {
        var newest = _samples.Length - 1;
        while (newest >= 0 && _samples[newest].At > seenAt)
        {
            newest--;
        }

        if (newest < 0)
        {
            return null;
        }

        for (var i = newest; i >= 0; i--)
        {
            if (_samples[i].Position <= position)
            {
                return time.GetElapsedTime(_samples[i].At, _samples[newest].At);
            }
        }

        var span = time.GetElapsedTime(_samples[0].At, _samples[newest].At);
        return hint > span ? hint : span;
    }
}
