using System.Collections.Immutable;

namespace ClusterClient.Health.Patterns;

/// <summary>What a node's week looks like: for each of its 168 hours the request rate and the service time. Immutable.</summary>
/// <remarks>
/// Why so simple: nothing better is known to pay for a database's load, and a bucket for each hour of the week needs no fitting, can be
/// looked at, and forgets by itself. Each bucket is an EWMA across weeks with a weight of 0.3, so that a change of habit is half learnt
/// in two weeks. An hour that was never seen, or not for five weeks, has no forecast rather than a guess.
/// </remarks>
internal sealed class HourOfWeekProfile
{
    private readonly ImmutableArray<HourBucket> _buckets;

    private HourOfWeekProfile(ImmutableArray<HourBucket> buckets) => _buckets = buckets;

    public static HourOfWeekProfile Empty { get; } = new(ImmutableArray.Create(new HourBucket[HourOfWeek.Count]));

    public ReadOnlySpan<HourBucket> Buckets => _buckets.AsSpan();

    /// <summary>From buckets in any order, each at its own place.</summary>
    public static HourOfWeekProfile From(IEnumerable<HourBucket> buckets)
    {
        var all = new HourBucket[HourOfWeek.Count];
        foreach (var bucket in buckets)
        {
            all[HourOfWeek.Bucket(bucket.Hour)] = bucket;
        }

        return new(ImmutableArray.Create(all));
    }

    /// <summary>The bucket of this hour, or null when nothing is known of it.</summary>
    public HourBucket? Season(int hour) => _buckets[HourOfWeek.Bucket(hour)] is var bucket && bucket.IsKnown(hour) ? bucket : null;

    /// <summary>The rate of the very same hour a week earlier, or null when it was not watched.</summary>
    public double? LastWeek(int hour) => Season(hour) is { } bucket && bucket.Hour == hour - HourOfWeek.Count ? bucket.LastRate : null;

    /// <summary>What to expect of this hour, or null when it is not known.</summary>
    public HourForecast? Forecast(int hour, SeasonalLevel level) =>
        Season(hour) is { } bucket ? new(level.Ratio * bucket.Rate, bucket.Service) : null;

    public ForecastScore Score(int now) => ForecastScore.Of(_buckets.AsSpan(), now);

    /// <summary>The same with one more hour in it.</summary>
    public HourOfWeekProfile With(int hour, double rate, double service, ForecastMiss? miss)
    {
        var bucket = HourOfWeek.Bucket(hour);
        return new(_buckets.SetItem(bucket, _buckets[bucket].After(hour, rate, service, miss)));
    }
}
