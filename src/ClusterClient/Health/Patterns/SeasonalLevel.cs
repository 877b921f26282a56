namespace ClusterClient.Health.Patterns;

/// <summary>
/// The load as it is now, next to what the profile says for the same time: how much busier than usual it is. Immutable.
/// </summary>
/// <remarks>
/// <para>
/// Holt-Winters without trend: <c>forecast(t + h) = level × season[b(t + h)] / season[b(t)]</c>. The level is an EWMA of the rate with a
/// time constant of four hours. The season in the denominator is smoothed by the same EWMA: what the level lags behind at the turn of an
/// hour, the denominator lags behind as well, and an hour of near-zero season divides nothing.
/// </para>
/// <para>
/// Bound: their ratio is held between 1/4 and 4. Beyond, it is no busier week but an event, of which last week's hours know nothing.
/// Cold start: where the season is not known, it is taken to be what is met, which draws the ratio to one.
/// Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, on multiplicative seasonality.
/// </para>
/// </remarks>
/// <param name="Rate">The smoothed rate.</param>
/// <param name="Season">The season of the same times, smoothed alike; 0 before the first sample.</param>
internal readonly record struct SeasonalLevel(double Rate, double Season)
{
    private const double TimeConstantSeconds = 4 * 60 * 60;
    private const double MostRatio = 4;

    /// <summary>As busy as the profile says.</summary>
    public static SeasonalLevel AsUsual => new(1, 1);

    /// <summary>How much busier it is than the profile says.</summary>
    public double Ratio => Season > 0 ? Math.Clamp(Rate / Season, 1 / MostRatio, MostRatio) : 1;

    /// <summary>After so many seconds at this rate.</summary>
    public SeasonalLevel After(double rate, double? season, double seconds)
    {
        var weight = 1 - Math.Exp(-seconds / TimeConstantSeconds);
        return new(Rate + (weight * (rate - Rate)), Season + (weight * ((season ?? rate) - Season)));
    }

    /// <summary>
    /// The same ratio at another hour, when nothing is known of the time in between: as much busier than usual as before.
    /// </summary>
    public SeasonalLevel At(double season) => new(Ratio * season, season);
}
