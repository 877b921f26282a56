using Microsoft.Extensions.Logging;

namespace ClusterClient.DependencyInjection;

/// <summary>What clusters of a container log beside the library's other messages; in the same category. Event ids: 60-69.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(60, LogLevel.Information, "{Cluster}: follows the changed settings {Keys}")]
    public static partial void SettingsRenewed(ILogger logger, string cluster, string keys);

    [LoggerMessage(61, LogLevel.Warning, "{Cluster}: {Keys} changed, which cannot be followed in use: restart this process to have it obeyed")]
    public static partial void RestartNeeded(ILogger logger, string cluster, string keys);

    [LoggerMessage(62, LogLevel.Error, "{Cluster}: the changed settings are wrong, and the old ones hold: {Errors}")]
    public static partial void SettingsRejected(ILogger logger, string cluster, string errors);

    [LoggerMessage(63, LogLevel.Error, "{Cluster}: the changed settings could not be read, and the old ones hold")]
    public static partial void RenewalFault(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(64, LogLevel.Information, "{Cluster}: {Primary} is the primary; warm after {Milliseconds:0} ms with {Count} connections")]
    public static partial void WarmedUp(ILogger logger, string cluster, string primary, double milliseconds, int count);

    [LoggerMessage(65, LogLevel.Warning, "{Cluster}: could not warm up; starting all the same")]
    public static partial void NotWarmedUp(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(66, LogLevel.Warning, "{Cluster}: could not open {Count} of the connections that were to be ready; starting all the same")]
    public static partial void ConnectionsMissing(ILogger logger, string cluster, int count, Exception exception);
}
