namespace ClusterClient.Health.Patterns;

/// <summary>One hour in a <see cref="NodeDocument"/>; see <see cref="HourBucket"/> for what is in it.</summary>
internal sealed record HourDocument
{
    public int Hour { get; init; }

    public int Weeks { get; init; }

    public float Rate { get; init; }

    public float Service { get; init; }

    public float LastRate { get; init; }

    /// <summary>The members of a <see cref="ForecastMiss"/> in their order, or null.</summary>
    public float[]? Miss { get; init; }

    public bool IsSound => Hour >= 0 && Weeks > 0 && Miss is null or { Length: 3 }
        && (Miss ?? []).Append(Rate).Append(Service).Append(LastRate).All(v => float.IsFinite(v) && v >= 0);

    public static HourDocument Of(HourBucket bucket) => new()
    {
        Hour = bucket.Hour,
        Weeks = bucket.Weeks,
        Rate = bucket.Rate,
        Service = bucket.Service,
        LastRate = bucket.LastRate,
        Miss = bucket.Miss is { } miss ? [miss.Forecast, miss.LastWeek, miss.LevelAlone] : null,
    };

    public HourBucket ToBucket() => new()
    {
        Hour = Hour,
        Weeks = Weeks,
        Rate = Rate,
        Service = Service,
        LastRate = LastRate,
        Miss = Miss is { } miss ? new(miss[0], miss[1], miss[2]) : null,
    };
}
