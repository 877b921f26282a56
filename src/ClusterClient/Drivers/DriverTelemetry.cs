namespace ClusterClient.Drivers;

/// <summary>What a driver tells of its work by itself, in OpenTelemetry's conventions or in names of its own that say the same.</summary>
[Flags]
public enum DriverTelemetry
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A span for each physical connection that is made.</summary>
    ConnectSpans = 1,

    /// <summary>How long commands take: <c>db.client.operation.duration</c>.</summary>
    OperationDuration = 2,

    /// <summary>How many connections a pool has: <c>db.client.connection.count</c> and <c>db.client.connection.max</c>.</summary>
    ConnectionCount = 4,

    /// <summary>How long it takes to be given a connection: <c>db.client.connection.wait_time</c>.</summary>
    ConnectionWaitTime = 8,
}
