using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// Takes over the timeout of a command that is finer than the driver's whole seconds, or would run out before a hang of its server is
/// noticed. Left to the driver, that one would come first, and a driver that tells the hung server of it waits there for many times as long.
/// </summary>
internal static class ShortTimeout
{
    /// <summary>The command itself, or one that runs it under <see cref="TimedCall"/>.</summary>
    public static DbCommand Over(DbCommand command, ClusterConnection connection) =>
        Limit(command.CommandTimeout, connection) is { } limit ? new TimedCommand(command, connection, limit) : command;

    /// <inheritdoc cref="Over(DbCommand, ClusterConnection)"/>
    public static DbBatch Over(DbBatch batch, ClusterConnection connection) =>
        Limit(batch.Timeout, connection) is { } limit ? new TimedBatch(batch, connection, limit) : batch;

    // 0 seconds mean none. A driver that cannot end a call under its user is left to its own way of doing so.
    private static TimeSpan? Limit(int seconds, ClusterConnection connection)
    {
        var limits = connection.Opener.Limits;
        var limit = connection.CallLimit > TimeSpan.Zero ? connection.CallLimit : limits.CallTimeout;
        if (connection.CurrentTransaction?.TimeLeft is { } left && !(limit < left))
        {
            limit = left;
        }

        if (limit is null && (seconds == 0 || seconds >= limits.DetectionSeconds))
        {
            return null;
        }

        return !connection.Node!.CanEnd ? null
            : seconds > 0 && !(limit < TimeSpan.FromSeconds(seconds)) ? TimeSpan.FromSeconds(seconds)
            : limit;
    }
}
