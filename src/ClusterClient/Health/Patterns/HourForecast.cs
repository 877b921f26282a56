namespace ClusterClient.Health.Patterns;

/// <summary>What an hour is expected to bring a node.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="Service">Mean service time in µs; 0 when unknown.</param>
internal readonly record struct HourForecast(double Rate, float Service)
{
    /// <summary>How many requests will be under way at a time: Little's law, <c>L = rate × time in the system</c>.</summary>
    /// <param name="roundTrip">The network's part of a request, in µs.</param>
    public double Concurrency(double roundTrip) => Service > 0 ? Rate * (Service + roundTrip) / 1_000_000 : 0;
}
