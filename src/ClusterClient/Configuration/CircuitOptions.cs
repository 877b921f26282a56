using ClusterClient.Resilience;

namespace ClusterClient.Configuration;

/// <summary><see cref="CircuitSettings"/>. What is null keeps its default.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class CircuitOptions
{
    /// <summary>False for circuits that never open by themselves, whatever else is set here.</summary>
    /// <value>Default true.</value>
    public bool? Enabled { get; set; }

    /// <inheritdoc cref="CircuitSettings.FailureRatio"/>
    public double? FailureRatio { get; set; }

    /// <inheritdoc cref="CircuitSettings.MinimumThroughput"/>
    public int? MinimumThroughput { get; set; }

    /// <inheritdoc cref="CircuitSettings.ConsecutiveFaults"/>
    public int? ConsecutiveFaults { get; set; }

    /// <inheritdoc cref="CircuitSettings.BreakDuration"/>
    public TimeSpan? BreakDuration { get; set; }

    /// <inheritdoc cref="CircuitSettings.MaxBreakDuration"/>
    public TimeSpan? MaxBreakDuration { get; set; }
}
