using System.Diagnostics;

namespace Failover;

/// <summary>A time without a successful write.</summary>
/// <param name="Length">How long.</param>
/// <param name="EndedAt">Timestamp of the write that ended it; null when there was none yet.</param>
internal readonly record struct WriteGap(TimeSpan Length, long? EndedAt)
{
    public override string ToString() => EndedAt is null ? $"> {Length.TotalSeconds:0.0} s (not recovered)" : $"{Length.TotalSeconds:0.00} s";

    /// <summary>The part of it that is the contender's own: until the promotion nobody could have written.</summary>
    public string SincePromotion(long promotedAt) =>
        EndedAt is { } end ? $"{Math.Max(0, Stopwatch.GetElapsedTime(promotedAt, end).TotalSeconds):0.00} s" : "";
}
