using System.Net.Sockets;
using ClusterClient.Resilience;
using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>What Npgsql's and PostgreSQL's errors mean, in one table.</summary>
internal static class NpgsqlFaults
{
    public static Fault Classify(Exception exception) => exception switch
    {
        PostgresException e => FromSqlState(e.SqlState),
        OperationCanceledException => new(FaultKind.CallerCancelled, NotApplied: false),
        // The driver's only sign of its own pool running dry is this sentence.
        NpgsqlException e when e.Message.StartsWith("The connection pool has been exhausted", StringComparison.Ordinal)
            => new(FaultKind.PoolExhausted, NotApplied: true),
        NpgsqlException { InnerException: TimeoutException } => new(FaultKind.Timeout, NotApplied: false),
        NpgsqlException { InnerException: PostgresException e } => FromSqlState(e.SqlState),
        NpgsqlException { InnerException: SocketException e } => FromSocket(e),
        NpgsqlException { InnerException: IOException } => new(FaultKind.ConnectionLost, NotApplied: false),
        NpgsqlException e when e.InnerException is ObjectDisposedException => new(FaultKind.ConnectionLost, NotApplied: false),
        SocketException e => FromSocket(e),
        TimeoutException => new(FaultKind.Timeout, NotApplied: false),
        IOException => new(FaultKind.ConnectionLost, NotApplied: false),
        _ => new(FaultKind.Statement, NotApplied: false),
    };

    // Refused means that no server stood behind the address: it cannot have applied anything.
    private static Fault FromSocket(SocketException e) =>
        new(FaultKind.ConnectionLost, NotApplied: e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.HostNotFound);

    private static Fault FromSqlState(string state) => state switch
    {
        // An error response ends its statement, and nothing of an errored statement is kept; so all of these were not applied,
        // except where the session died while it may have been committing.
        PostgresErrorCodes.ReadOnlySqlTransaction => new(FaultKind.ReadOnly, NotApplied: true),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => new(FaultKind.ShuttingDown, NotApplied: false),
        PostgresErrorCodes.CannotConnectNow => new(FaultKind.ShuttingDown, NotApplied: true),
        PostgresErrorCodes.TooManyConnections => new(FaultKind.Overloaded, NotApplied: true),
        ['0', '8', ..] => new(FaultKind.ConnectionLost, NotApplied: false),
        ['5', '3', ..] => new(FaultKind.Overloaded, NotApplied: true),
        ['2', '8', ..] or PostgresErrorCodes.InvalidCatalogName => new(FaultKind.Rejected, NotApplied: true),
        _ => new(FaultKind.Statement, NotApplied: true),
    };
}
