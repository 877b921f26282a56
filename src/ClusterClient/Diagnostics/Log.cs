using Microsoft.Extensions.Logging;

namespace ClusterClient.Diagnostics;

/// <summary>
/// Every message of the library. Event ids: 1-19 topology, 20-39 connections, 40-49 health, 50-59 patterns, 90-99 faults of the library's own loops.
/// </summary>
/// <remarks>What a call meets is told at Debug: a failover is to be read in a few lines, however many calls are under way.</remarks>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Cluster}: {Message}")]
    public static partial void TopologyChanged(ILogger logger, string cluster, string message);

    [LoggerMessage(2, LogLevel.Warning, "{Cluster}: {Message}")]
    public static partial void TopologyWorsened(ILogger logger, string cluster, string message);

    [LoggerMessage(3, LogLevel.Error, "{Cluster}: {Message}")]
    public static partial void TopologyIncoherent(ILogger logger, string cluster, string message);

    [LoggerMessage(4, LogLevel.Debug, "The monitor's connection to {Node} broke: {Reason}")]
    public static partial void ProbeConnectionLost(ILogger logger, string node, string reason);

    [LoggerMessage(5, LogLevel.Warning, "This process stalled while it looked at {Node}: short of pool threads, or paused. The look goes on")]
    public static partial void MonitorStalled(ILogger logger, string node);

    [LoggerMessage(6, LogLevel.Error, "{Cluster}: {Message}")]
    public static partial void WritesLost(ILogger logger, string cluster, string message);

    [LoggerMessage(7, LogLevel.Information, "{Cluster}: {Message}; no alarm: commits waited for replicas, and nothing is known to be lost")]
    public static partial void WritesHardlyLost(ILogger logger, string cluster, string message);

    [LoggerMessage(8, LogLevel.Debug, "{Cluster}: could not ask {Node} which commits it has; they count as doubtful")]
    public static partial void LossQuestionFailed(ILogger logger, string cluster, string node, Exception exception);

    [LoggerMessage(9, LogLevel.Information, "{Cluster}: {Node} took over in epoch {Epoch}, and has the {Count} commits of this process that it was asked for")]
    public static partial void NothingLost(ILogger logger, string cluster, string node, long epoch, int count);

    [LoggerMessage(10, LogLevel.Information, "{Cluster}: writes go on: the first was acknowledged at {Node}, {Milliseconds:0} ms after {Lost} was lost")]
    public static partial void WritesResumed(ILogger logger, string cluster, string node, double milliseconds, string lost);

    [LoggerMessage(11, LogLevel.Debug, "{Cluster}: {Message}")]
    public static partial void TopologyDetail(ILogger logger, string cluster, string message);

    [LoggerMessage(20, LogLevel.Warning, "{Cluster}: ended {Count} connections to {Node}: {Reason}")]
    public static partial void ConnectionsEnded(ILogger logger, string cluster, int count, string node, string reason);

    [LoggerMessage(21, LogLevel.Debug, "{Cluster}: could not open a connection to {Node}; looking again")]
    public static partial void OpenFailed(ILogger logger, string cluster, string node, Exception exception);

    [LoggerMessage(22, LogLevel.Warning, "{Cluster}: refused a {Intent} that only {Nodes} could have served: the region rule does not allow them")]
    public static partial void RegionRefused(ILogger logger, string cluster, string intent, string nodes);

    [LoggerMessage(23, LogLevel.Warning, "{Cluster}: this version of the driver gives no way to end a connection. Asynchronous calls on a hung server are abandoned instead; synchronous ones and open readers last until the driver's own timeouts")]
    public static partial void CannotAbort(ILogger logger, string cluster);

    [LoggerMessage(24, LogLevel.Debug, "{Cluster}: sends a call again, attempt {Attempt}, after {Fault} at {Node}")]
    public static partial void Retried(ILogger logger, string cluster, string fault, string node, int attempt);

    [LoggerMessage(25, LogLevel.Debug, "{Cluster}: {First} has not answered a read after {Microseconds} µs; asks {Second} as well")]
    public static partial void Hedged(ILogger logger, string cluster, string first, string second, long microseconds);

    [LoggerMessage(26, LogLevel.Debug, "{Cluster}: the answer to a commit at {Node} was lost; it is {Outcome}, found out after {Milliseconds:0} ms: {Reason}")]
    public static partial void CommitResolved(ILogger logger, string cluster, string node, string outcome, double milliseconds, string reason);

    [LoggerMessage(27, LogLevel.Error, "{Cluster}: what became of a commit at {Node} is unknown, after {Milliseconds:0} ms: {Reason}")]
    public static partial void CommitUnknown(ILogger logger, string cluster, string node, double milliseconds, string reason);

    [LoggerMessage(28, LogLevel.Debug, "{Cluster}: could not ask what became of a commit; asking again")]
    public static partial void CommitQuestionFailed(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(29, LogLevel.Warning, "{Cluster}: a write at {Node} is committed there, but the wait for its replicas was ended before they had it; its caller was told that it succeeded")]
    public static partial void Unconfirmed(ILogger logger, string cluster, string node);

    [LoggerMessage(30, LogLevel.Warning, "{Cluster}: could not remove old commit markers; trying again later")]
    public static partial void MarkersNotPruned(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(40, LogLevel.Warning, "{Cluster}: {Message}")]
    public static partial void NodeEjected(ILogger logger, string cluster, string message);

    [LoggerMessage(41, LogLevel.Information, "{Cluster}: {Message}")]
    public static partial void NodeReadmitted(ILogger logger, string cluster, string message);

    [LoggerMessage(42, LogLevel.Warning, "{Cluster}: {Message}")]
    public static partial void CircuitOpened(ILogger logger, string cluster, string message);

    [LoggerMessage(43, LogLevel.Information, "{Cluster}: {Message}")]
    public static partial void CircuitHalfOpened(ILogger logger, string cluster, string message);

    [LoggerMessage(44, LogLevel.Information, "{Cluster}: {Message}")]
    public static partial void CircuitClosed(ILogger logger, string cluster, string message);

    [LoggerMessage(45, LogLevel.Warning, "{Cluster}: {Message}")]
    public static partial void NodeIsolated(ILogger logger, string cluster, string message);

    [LoggerMessage(50, LogLevel.Information, "{Cluster}: the pattern of {Node} is {State}: MASE {Mase} over {Hours} hours")]
    public static partial void PatternChanged(ILogger logger, string cluster, string node, string state, double? mase, int hours);

    [LoggerMessage(51, LogLevel.Information, "{Cluster}: goes on from the patterns of {Count} nodes in {File}")]
    public static partial void PatternsLoaded(ILogger logger, string cluster, int count, string file);

    [LoggerMessage(52, LogLevel.Warning, "{Cluster}: {File} holds no patterns that can be used: {Reason}. Learning begins anew, and nothing is saved over it: delete or move the file, or have PatternFile name another")]
    public static partial void PatternsRejected(ILogger logger, string cluster, string file, string reason, Exception? exception);

    [LoggerMessage(53, LogLevel.Warning, "{Cluster}: could not save patterns to {File}; they are kept in memory and saved with the next hour. Have PatternFile name a place where this process may write")]
    public static partial void PatternsNotSaved(ILogger logger, string cluster, string file, Exception exception);

    [LoggerMessage(54, LogLevel.Debug, "{Cluster}: opened {Count} connections to {Node} ahead of the load that is expected")]
    public static partial void PreWarmed(ILogger logger, string cluster, int count, string node);

    [LoggerMessage(55, LogLevel.Debug, "{Cluster}: could not open a connection to {Node} ahead of the load; leaving it at that")]
    public static partial void PreWarmFailed(ILogger logger, string cluster, string node, Exception exception);

    [LoggerMessage(90, LogLevel.Error, "The loop that watches {Node} met an unexpected fault and goes on")]
    public static partial void MonitorFault(ILogger logger, string node, Exception exception);

    [LoggerMessage(91, LogLevel.Error, "{Cluster}: a topology event handler threw; the event was delivered to no other handler")]
    public static partial void HandlerFault(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(93, LogLevel.Error, "{Cluster}: a region refusal handler threw; the call was refused all the same")]
    public static partial void RefusalHandlerFault(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(94, LogLevel.Error, "{Cluster}: looking for outliers failed and goes on")]
    public static partial void OutlierWatchFault(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(92, LogLevel.Error, "{Cluster}: clearing up after a change at {Node} failed and goes on")]
    public static partial void CleanUpFault(ILogger logger, string cluster, string node, Exception exception);

    [LoggerMessage(95, LogLevel.Error, "{Cluster}: the loop that learns patterns met an unexpected fault and goes on")]
    public static partial void PatternFault(ILogger logger, string cluster, Exception exception);

    [LoggerMessage(97, LogLevel.Error, "{Cluster}: finding out what a failover lost failed; the next one is looked into all the same")]
    public static partial void LossWatchFault(ILogger logger, string cluster, Exception exception);
}
