using ClusterClient.OpenTelemetry;

namespace OpenTelemetry.Trace;

/// <summary>Takes this library's spans.</summary>
public static class ClusterClientTracerProviderBuilderExtensions
{
    /// <summary>
    /// Takes the spans of every cluster in this process: opens, physical connections, waits for a primary or for a turn, retries, hedges, and what
    /// became of commits. A driver's own, such as those of <c>AddNpgsql</c>, are children of these where both are taken.
    /// </summary>
    /// <param name="builder">Where they go.</param>
    public static TracerProviderBuilder AddClusterClientInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(Instrumentation.Name);
    }
}
