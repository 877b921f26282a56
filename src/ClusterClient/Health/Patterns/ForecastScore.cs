namespace ClusterClient.Health.Patterns;

/// <summary>How good the forecasts of the last seven days were, and whether they may be used.</summary>
/// <remarks>
/// <para>
/// MASE, the mean absolute error in relation to that of a naive forecast over the same hours:
/// <c>MAE(forecast) / max(min(MAE(same hour last week), MAE(as just now)), 5 % of the mean load)</c>. Used while it is below 1.
/// </para>
/// <para>
/// Why two rivals: against last week's hour alone a profile wins on pure noise too, because that carries a whole hour's noise and an
/// average of several weeks does not; it would switch itself off nowhere. The level alone is what there is without any pattern: whoever
/// cannot beat it has learnt none. Why the floor: where the load repeats itself to a few percent, the naive forecast is nearly
/// perfect, and being no better than that is no reason not to know the load.
/// </para>
/// <para>
/// Over 168 completed hours, each judged by the forecast that was made when it began. Hours that were not watched, or had no forecast,
/// are left out; with less than half a week judged it is <see cref="PatternState.Learning"/>. A fresh profile is judged from its
/// second week on. Source: Hyndman and Koehler, Another look at measures of forecast accuracy, 2006.
/// </para>
/// </remarks>
/// <param name="Hours">How many of the last 168 hours were judged.</param>
/// <param name="Mase">Below 1 is better than naive; null when nothing was judged, or nothing was going on.</param>
internal readonly record struct ForecastScore(int Hours, double? Mase)
{
    /// <summary>Half a week.</summary>
    public const int EnoughHours = HourOfWeek.Count / 2;

    private const double NegligibleError = 0.05;

    public PatternState State => Hours < EnoughHours || Mase is not { } mase ? PatternState.Learning
        : mase < 1 ? PatternState.Active
        : PatternState.Off;

    public static ForecastScore Of(ReadOnlySpan<HourBucket> buckets, int now)
    {
        var hours = 0;
        double load = 0, forecast = 0, lastWeek = 0, levelAlone = 0;
        foreach (ref readonly var bucket in buckets)
        {
            if (bucket.Miss is { } miss && now - bucket.Hour <= HourOfWeek.Count)
            {
                hours++;
                load += bucket.LastRate;
                forecast += miss.Forecast;
                lastWeek += miss.LastWeek;
                levelAlone += miss.LevelAlone;
            }
        }

        return new(hours, load > 0 ? forecast / Math.Max(Math.Min(lastWeek, levelAlone), NegligibleError * load) : null);
    }
}
