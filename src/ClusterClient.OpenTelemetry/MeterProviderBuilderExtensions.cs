using ClusterClient.OpenTelemetry;

namespace OpenTelemetry.Metrics;

/// <summary>Takes this library's numbers.</summary>
public static class ClusterClientMeterProviderBuilderExtensions
{
    /// <summary>
    /// Takes the metrics of every cluster in this process, <c>clusterclient.*</c>. A driver's own, such as <c>AddMeter("Npgsql")</c>'s, are not
    /// among them.
    /// </summary>
    /// <param name="builder">Where they go.</param>
    public static MeterProviderBuilder AddClusterClientInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(Instrumentation.Name);
    }
}
