using System.Data;
using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// What a command or batch hangs on: its cluster connection and transaction, and the driver's connection that its native
/// counterpart was last bound to.
/// </summary>
internal struct NodeBinding(ClusterConnection? connection)
{
    // A native command that is made on an open connection comes bound to it.
    private DbConnection? _bound = connection?.NativeOrNull;

    public ClusterConnection? Connection { get; private set; } = connection;

    public ClusterTransaction? Transaction { get; set; }

    /// <summary>The connection, where a call is about to be made or has just been.</summary>
    public readonly ClusterConnection Required => Connection
        ?? throw new InvalidOperationException("There is no connection to run this on; set the Connection property.");

    public static ClusterConnection? Accept(DbConnection? connection) => connection as ClusterConnection
        ?? (connection is null ? null : throw new ArgumentException(
            $"This runs on a ClusterConnection, not on a {connection.GetType().Name}.", nameof(connection)));

    public static ClusterTransaction? Accept(DbTransaction? transaction) => transaction as ClusterTransaction
        ?? (transaction is null ? null : throw new ArgumentException(
            $"This takes part in a ClusterTransaction, not in a {transaction.GetType().Name}.", nameof(transaction)));

    /// <summary>Hangs on another connection now; the native counterpart is bound to it already, if it is open.</summary>
    public void MoveTo(ClusterConnection? connection)
    {
        var transaction = Transaction;
        this = new(connection) { Transaction = transaction?.IsOf(connection) == true ? transaction : null };
    }

    /// <summary>
    /// True when the connection is open to <paramref name="native"/> only since the native counterpart was bound last; it has to
    /// be bound again then, and <see cref="Bound"/> told.
    /// </summary>
    public readonly bool IsBehind([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DbConnection? native)
    {
        native = Connection?.NativeOrNull;
        return native is not null && !ReferenceEquals(_bound, native);
    }

    /// <summary>The same before an execution, for which the connection must be open and its node in bounds.</summary>
    public readonly bool MustRebind(CommandBehavior behavior, out DbConnection native)
    {
        native = Required.UsableNative();
        if ((behavior & CommandBehavior.CloseConnection) != 0)
        {
            Connection!.FollowNative();
        }

        return !ReferenceEquals(_bound, native);
    }

    public void Bound(DbConnection native) => _bound = native;
}
