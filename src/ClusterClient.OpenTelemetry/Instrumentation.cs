namespace ClusterClient.OpenTelemetry;

internal static class Instrumentation
{
    /// <summary>Of the library's activity source and of its meter.</summary>
    public const string Name = "ClusterClient";
}
