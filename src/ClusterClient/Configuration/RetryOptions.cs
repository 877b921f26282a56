using ClusterClient.Resilience;

namespace ClusterClient.Configuration;

/// <summary>A <see cref="RetryPolicy"/>, all but its pipeline, which only code can give. What is null keeps its default.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class RetryOptions
{
    /// <summary>False for <see cref="RetryPolicy.None"/>, whatever else is set here.</summary>
    /// <value>Default true.</value>
    public bool? Enabled { get; set; }

    /// <inheritdoc cref="RetryPolicy.MaxRetries"/>
    public int? MaxRetries { get; set; }

    /// <inheritdoc cref="RetryPolicy.FirstDelay"/>
    public TimeSpan? FirstDelay { get; set; }

    /// <inheritdoc cref="RetryPolicy.MaxDelay"/>
    public TimeSpan? MaxDelay { get; set; }

    /// <inheritdoc cref="RetryPolicy.BudgetRatio"/>
    public double? BudgetRatio { get; set; }

    /// <inheritdoc cref="RetryPolicy.BudgetPerSecond"/>
    public double? BudgetPerSecond { get; set; }
}
