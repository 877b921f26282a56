namespace ClusterClient.Health.Patterns;

/// <summary>What the patterns say of one node: an entry of <see cref="StartingWeights"/>.</summary>
internal readonly record struct NodePrior
{
    public ForecastScore Score { get; init; }

    /// <summary>How many of a week's 168 hours are known.</summary>
    public int KnownHours { get; init; }

    /// <summary>Requests a second as of late.</summary>
    public double Rate { get; init; }

    /// <summary>What this hour should bring; null unless the pattern is <see cref="PatternState.Active"/> and knows it.</summary>
    public HourForecast? Now { get; init; }

    /// <summary>The same for the hour that comes next.</summary>
    public HourForecast? Next { get; init; }

    /// <summary>The service time to begin with, in µs; 0 when there is none.</summary>
    public float Service => Now?.Service ?? 0;
}
