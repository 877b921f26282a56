using ClusterClient.Resilience;

namespace ClusterClient.Configuration;

/// <summary><see cref="ConcurrencyLimits"/>. What is null keeps its default.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class LimitOptions
{
    /// <summary>False for <see cref="ConcurrencyLimits.None"/>, whatever else is set here.</summary>
    /// <value>Default true.</value>
    public bool? Enabled { get; set; }

    /// <inheritdoc cref="ConcurrencyLimits.Floor"/>
    public int? Floor { get; set; }

    /// <inheritdoc cref="ConcurrencyLimits.Initial"/>
    public int? Initial { get; set; }

    /// <inheritdoc cref="ConcurrencyLimits.Ceiling"/>
    public int? Ceiling { get; set; }

    /// <inheritdoc cref="ConcurrencyLimits.MaxQueued"/>
    public int? MaxQueued { get; set; }

    /// <inheritdoc cref="ConcurrencyLimits.MaxQueueTime"/>
    public TimeSpan? MaxQueueTime { get; set; }
}
