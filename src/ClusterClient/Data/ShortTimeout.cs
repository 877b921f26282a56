using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// Takes over the timeout of a command that would run out before a hang of its server is noticed. Left to the driver, that timeout
/// would come first, and a driver that tells the hung server of it waits there for many times as long.
/// </summary>
internal static class ShortTimeout
{
    /// <summary>The command itself, or one that runs it under <see cref="TimedCall"/>.</summary>
    public static DbCommand Over(DbCommand command, ClusterConnection connection) =>
        IsShort(command.CommandTimeout, connection) ? new TimedCommand(command, connection) : command;

    /// <inheritdoc cref="Over(DbCommand, ClusterConnection)"/>
    public static DbBatch Over(DbBatch batch, ClusterConnection connection) =>
        IsShort(batch.Timeout, connection) ? new TimedBatch(batch, connection) : batch;

    // 0 means none. A driver that cannot end a call under its user is left to its own way of doing so.
    private static bool IsShort(int seconds, ClusterConnection connection) =>
        seconds > 0 && seconds < connection.Opener.Limits.DetectionSeconds && connection.Node!.CanEnd;
}
