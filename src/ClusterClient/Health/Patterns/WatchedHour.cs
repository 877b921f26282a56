namespace ClusterClient.Health.Patterns;

/// <summary>The hour under way at one node: what it has brought so far, and what was expected of it when it began.</summary>
internal sealed class WatchedHour(int number, HourOfWeekProfile profile, SeasonalLevel? level)
{
    /// <summary>An hour of which less was watched is not learnt from: three quarters.</summary>
    private const double EnoughSeconds = 45 * 60;

    private readonly HourForecast? _forecast = level is { } known ? profile.Forecast(number, known) : null;
    private double _seconds;
    private double _requests;
    private double _microseconds;

    public int Number => number;

    public void Add(double seconds, long requests, long microseconds)
    {
        _seconds += seconds;
        _requests += requests;
        _microseconds += microseconds;
    }

    /// <summary>The profile with this hour in it, or the same when too little of it was watched.</summary>
    public HourOfWeekProfile Learnt()
    {
        if (_seconds < EnoughSeconds)
        {
            return profile;
        }

        var rate = _requests / _seconds;
        return profile.With(number, rate, _requests > 0 ? _microseconds / _requests : 0, Miss(rate));
    }

    // An hour counts only if all rivals had a forecast for it.
    private ForecastMiss? Miss(double rate) => _forecast is { } forecast && profile.LastWeek(number) is { } lastWeek && level is { } before
        ? new((float)Math.Abs(forecast.Rate - rate), (float)Math.Abs(lastWeek - rate), (float)Math.Abs(before.Rate - rate))
        : null;
}
