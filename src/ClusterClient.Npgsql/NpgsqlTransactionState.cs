using System.Globalization;
using System.Reflection;
using ClusterClient.Drivers;
using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>
/// What the server said last of a session's transaction. The commit of one that has failed is answered with a rollback, and Npgsql calls that a success;
/// and the application may have met the failure, or have ended the transaction, where this library does not see it: while it read rows, by a statement
/// within others, or with the driver's own objects.
/// </summary>
/// <remarks>Npgsql knows it from the last answer and offers no public way to ask, so a private member is named here, as in <see cref="NpgsqlAbort"/>.</remarks>
internal static class NpgsqlTransactionState
{
    private static readonly PropertyInfo? Status = Type.GetType("Npgsql.Internal.NpgsqlConnector, Npgsql")
        ?.GetProperty("TransactionStatus", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public);

    /// <summary>Null when this version of Npgsql does not tell, or the connection is closed.</summary>
    public static SessionState? Of(NpgsqlConnection connection) =>
        Status is not null && NpgsqlAbort.ConnectorOf(connection) is { } connector && Status.GetValue(connector) is IConvertible status
            ? (char)status.ToByte(CultureInfo.InvariantCulture) switch
            {
                // The protocol's own letters.
                'I' => SessionState.Idle,
                'T' => SessionState.InTransaction,
                'E' => SessionState.Failed,
                _ => null,
            }
            : null;
}
