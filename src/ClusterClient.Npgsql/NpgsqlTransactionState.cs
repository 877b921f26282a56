using System.Globalization;
using System.Reflection;
using Npgsql;

namespace ClusterClient.Npgsql;

/// <summary>
/// Whether the server has said that a transaction has failed, after which it answers a commit with a rollback, and Npgsql calls that a success. The
/// application may have met the failure where this library does not see it: while it read rows, or in what it did with the driver itself.
/// </summary>
/// <remarks>Npgsql knows it from the last answer and offers no public way to ask, so a private member is named here, as in <see cref="NpgsqlAbort"/>.</remarks>
internal static class NpgsqlTransactionState
{
    /// <summary>The protocol's own letter.</summary>
    private const byte Failed = (byte)'E';

    private static readonly PropertyInfo? Status = Type.GetType("Npgsql.Internal.NpgsqlConnector, Npgsql")
        ?.GetProperty("TransactionStatus", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public);

    /// <summary>Null when this version of Npgsql does not tell, or the connection is closed.</summary>
    public static bool? HasFailed(NpgsqlConnection connection) =>
        Status is not null && NpgsqlAbort.ConnectorOf(connection) is { } connector && Status.GetValue(connector) is IConvertible status
            ? status.ToByte(CultureInfo.InvariantCulture) == Failed
            : null;
}
