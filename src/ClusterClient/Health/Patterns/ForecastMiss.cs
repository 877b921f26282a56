namespace ClusterClient.Health.Patterns;

/// <summary>By how much forecasts of one hour's rate missed it, without sign, in requests a second.</summary>
/// <param name="Forecast">The one with level and season.</param>
/// <param name="LastWeek">The naive one with a season: as in the same hour last week.</param>
/// <param name="LevelAlone">The naive one without: as just now.</param>
internal readonly record struct ForecastMiss(float Forecast, float LastWeek, float LevelAlone);
