namespace ClusterClient.Health.Patterns;

/// <summary>What is remembered of one hour of the week at one node. <c>default</c> is an hour that was never seen.</summary>
internal readonly record struct HourBucket
{
    /// <summary>Weight of the newest week.</summary>
    private const double Alpha = 0.3;

    /// <summary>An hour that was not seen for so long counts as never seen: five weeks.</summary>
    private const int Expiry = 5 * HourOfWeek.Count;

    /// <summary>When it was seen last.</summary>
    public int Hour { get; init; }

    /// <summary>In how many weeks it was seen; 0 when never.</summary>
    public int Weeks { get; init; }

    /// <summary>Requests a second, over the weeks.</summary>
    public float Rate { get; init; }

    /// <summary>Mean service time over the weeks in µs; 0 when no request was ever answered in this hour.</summary>
    public float Service { get; init; }

    /// <summary>Requests a second when it was seen last.</summary>
    public float LastRate { get; init; }

    /// <summary>By how much forecasts missed it then; null when there was none to be judged.</summary>
    public ForecastMiss? Miss { get; init; }

    public bool IsKnown(int now) => Weeks > 0 && now - Hour <= Expiry;

    /// <summary>The same after one more week.</summary>
    public HourBucket After(int hour, double rate, double service, ForecastMiss? miss) => new()
    {
        Hour = hour,
        Weeks = IsKnown(hour) ? Weeks + 1 : 1,
        Rate = (float)(IsKnown(hour) ? Rate + (Alpha * (rate - Rate)) : rate),
        Service = (float)(service == 0 ? Service : IsKnown(hour) && Service > 0 ? Service + (Alpha * (service - Service)) : service),
        LastRate = (float)rate,
        Miss = miss,
    };
}
