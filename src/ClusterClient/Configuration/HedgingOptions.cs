using ClusterClient.Resilience;

namespace ClusterClient.Configuration;

/// <summary>A <see cref="HedgingPolicy"/>. What is null keeps its default.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class HedgingOptions
{
    /// <summary>Whether reads are hedged that say nothing of it themselves.</summary>
    /// <value>Default false, as in <see cref="HedgingPolicy.OnRequest"/>.</value>
    public bool? ByDefault { get; set; }

    /// <inheritdoc cref="HedgingPolicy.MaxRatio"/>
    public double? MaxRatio { get; set; }

    /// <inheritdoc cref="HedgingPolicy.Quantile"/>
    public double? Quantile { get; set; }

    /// <inheritdoc cref="HedgingPolicy.MinDelay"/>
    public TimeSpan? MinDelay { get; set; }
}
