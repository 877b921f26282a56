namespace ClusterClient.Testing;

/// <summary>How politely <see cref="PostgresNode.StopAsync"/> ends a server.</summary>
public enum PostgresShutdown
{
    /// <summary>Ends every connection with an error message (57P01), writes a checkpoint, leaves a clean data
    /// directory.</summary>
    Fast,

    /// <summary>Ends every connection, at best with a warning (57P02), and quits without a checkpoint; the next start recovers as
    /// after a crash.</summary>
    Immediate,

    /// <summary>Takes no new connection and waits until the last client has gone.</summary>
    Smart,
}
