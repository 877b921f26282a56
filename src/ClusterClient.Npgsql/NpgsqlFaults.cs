using System.Data.Common;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using Npgsql;
using static ClusterClient.Resilience.FaultKind;

namespace ClusterClient.Npgsql;

/// <summary>
/// What an exception of Npgsql's means, one row a kind of exception; the first that fits holds. The server's own answers are in
/// <see cref="SqlStates"/>. What is not in here is taken for the statement's own fault, with nothing known of what was applied.
/// </summary>
internal static class NpgsqlFaults
{
    private const bool Never = true;
    private const bool Unknown = false;

    /// <summary>Wrappers are seen through, wherever they come from, down to the first exception of a database.</summary>
    public static Fault Classify(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            // What stands alone may be the network's; within a stranger's exception it may be about some other server.
            if ((ReferenceEquals(e, exception) || e is DbException) && Find(e) is { } fault)
            {
                return fault;
            }
        }

        return new(Statement, Unknown);
    }

    private static Fault? Find(Exception exception) => exception switch
    {
        // The library's own, within somebody else's: nothing was sent, and what lies deeper has been dealt with.
        NodeFencedException => new(ReadOnly, Never),
        CommitOutcomeUnknownException => new(CommitUnknown, Unknown),
        ClusterUnavailableException or ClusterOverloadedException => new(Unavailable, Never),

        // The caller's token. Where the server has heard of it, its answer tells what became of the statement.
        OperationCanceledException { InnerException: PostgresException e } => new(CallerCancelled, SqlStates.Classify(e).NotApplied),
        OperationCanceledException => new(CallerCancelled, Unknown),

        // Npgsql's own, where a connection was ended in the moment that a call on it began.
        ObjectDisposedException { ObjectName: "System.Threading.ManualResetEventSlim" } => new(ConnectionLost, Unknown),

        // Several things at once on one connection, or none of it open: the caller's mistake, refused before it was sent.
        NpgsqlOperationInProgressException => new(Statement, Never),
        InvalidOperationException e when Says(e, "Connection is not open") => new(Statement, Never),

        PostgresException e => SqlStates.Classify(e),
        NpgsqlException e => FindBySentence(e),
        NotSupportedException e when Says(e, "Authentication method not supported") => new(Rejected, Never),

        // Alone, a socket's error is one of connecting; later on it stands within an IOException.
        SocketException e => FromConnecting(e.SocketErrorCode),
        TimeoutException => new(FaultKind.Timeout, Unknown),
        // A certificate or key of ours that is missing or of no use.
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or CryptographicException => new(Rejected, Never),
        // A connection that was reset, or that ended (EndOfStreamException), also because the library ended a hung one.
        IOException => new(ConnectionLost, Unknown),
        AuthenticationException => new(Rejected, Unknown),
        AggregateException { InnerExceptions: [_, ..] several } => several.Select(Classify)
            .Aggregate((first, next) => first with { NotApplied = first.NotApplied && next.NotApplied }),
        _ => null,
    };

    // Npgsql has one type of exception for most of what is not the server's word, and only its sentences tell them apart.
    private static Fault? FindBySentence(NpgsqlException e) => e switch
    {
        // "… exhausted" and "… shut down": ours, not the node's.
        _ when Says(e, "The connection pool has been ") => new(PoolExhausted, Never),

        // There was no session yet, whatever kept it from being one.
        _ when Says(e, "Failed to connect to ") => FindInner(e, new(ConnectionLost, Never)) with { NotApplied = Never },
        _ when Says(e, "Exception while performing ") => FindInner(e, new(Rejected, Never)) with { NotApplied = Never }, // "SSL handshake"

        // Server and settings do not agree on encryption, password or way of authentication; or the server is not who it should be.
        _ when Says(e, "SSL connection requested.") || Says(e, "GGS encryption requested.") || Says(e, "GSS encryption ")
            || Says(e, "Unable to negotiate GSS") || Says(e, "Error while negotiating GSS") || Says(e, "Additional unencrypted data")
            => new(Rejected, Never),
        _ when Says(e, "No password has been provided") || Says(e, "No username could be found") || Says(e, "Obtaining password using ")
            || Says(e, "An exception was thrown from the password") || Says(e, "An exception was thrown from the periodic password")
            => new(Rejected, Never),
        _ when Says(e, "Couldn't connect because ") || Says(e, "No supported SASL mechanism") || Says(e, "Unable to bind to SCRAM")
            || Says(e, "[SASL] ") || Says(e, "[SCRAM] ") || Says(e, "Unable to authenticate ") || Says(e, "Error while authenticating ")
            || e.Message.Contains("authentication method is not allowed", StringComparison.Ordinal)
            => new(Rejected, Never),

        // The keep-alive found it broken before this call began, or it is closed.
        _ when Says(e, "The connection was previously broken") || Says(e, "The connection is closed") => new(ConnectionLost, Never),

        // An answer out of step, after which Npgsql gives the connection up; or something that does not speak PostgreSQL's protocol.
        _ when Says(e, "Received ") => new(ConnectionLost, Unknown),

        // "… reading from stream", "… writing to stream", "… sending a keepalive": the connection is gone, whatever lies within.
        _ when Says(e, "Exception while ") => FindInner(e, new(ConnectionLost, Unknown)),

        { InnerException: { } inner } => Find(inner),
        _ => null,
    };

    private static Fault FindInner(NpgsqlException e, Fault otherwise) =>
        (e.InnerException is { } inner ? Find(inner) : null) ?? otherwise;

    // Where nobody was reached, nobody can have applied anything.
    private static Fault FromConnecting(SocketError error) => new(ConnectionLost, NotApplied: error is
        SocketError.ConnectionRefused
        or SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery
        or SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable or SocketError.NetworkDown
        or SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported);

    private static bool Says(Exception e, string opening) => e.Message.StartsWith(opening, StringComparison.Ordinal);
}
