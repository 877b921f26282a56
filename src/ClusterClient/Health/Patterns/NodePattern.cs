namespace ClusterClient.Health.Patterns;

/// <summary>One node's profile as it is being learnt. For one caller at a time.</summary>
internal sealed class NodePattern
{
    private WatchedHour? _hour;
    private SeasonalLevel? _level;

    public HourOfWeekProfile Profile { get; private set; } = HourOfWeekProfile.Empty;

    /// <summary>How much busier than usual the node is.</summary>
    public double Ratio => _level?.Ratio ?? 1;

    /// <summary>Goes on from what an earlier process has learnt.</summary>
    public void Restore(HourOfWeekProfile profile, double ratio)
    {
        Profile = profile;
        _level = SeasonalLevel.AsUsual with { Rate = ratio };
        _hour = null;
    }

    /// <summary>One more sample.</summary>
    /// <returns>Whether it was the first of an hour, and the one before was learnt from.</returns>
    public bool Add(int hour, double seconds, long requests, long microseconds)
    {
        var learns = false;
        if (_hour?.Number != hour)
        {
            var before = Profile;
            Profile = _hour?.Learnt() ?? before;
            learns = !ReferenceEquals(Profile, before);
            _level = _hour?.Number == hour - 1 ? _level : Resumed(hour);
            _hour = new(hour, Profile, _level);
        }

        _hour.Add(seconds, requests, microseconds);
        var (rate, season) = (requests / seconds, Profile.Season(hour)?.Rate);
        _level = _level?.After(rate, season, seconds) ?? new(rate, season ?? rate);
        return learns;
    }

    public NodePrior Prior(int hour)
    {
        var score = Profile.Score(hour);
        var level = _level ?? SeasonalLevel.AsUsual;
        return new()
        {
            Score = score,
            Rate = _hour is null ? 0 : level.Rate,
            KnownHours = Known(hour),
            // What is switched off is not there, so that nobody can use it by mistake.
            Now = score.State == PatternState.Active ? Profile.Forecast(hour, level) : null,
            Next = score.State == PatternState.Active ? Profile.Forecast(hour + 1, level) : null,
        };
    }

    // After a gap, or at the first sample: of what happened meanwhile nothing is known but the profile.
    private SeasonalLevel? Resumed(int hour) => Profile.Season(hour) is { } season ? _level?.At(season.Rate) : null;

    private int Known(int hour)
    {
        var known = 0;
        foreach (ref readonly var bucket in Profile.Buckets)
        {
            known += bucket.IsKnown(hour) ? 1 : 0;
        }

        return known;
    }
}
