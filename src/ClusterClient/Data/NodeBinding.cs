using System.Data;
using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// What a command or batch hangs on: its cluster connection and transaction, and the driver's connection that its native
/// counterpart was last bound to.
/// </summary>
internal struct NodeBinding(ClusterConnection? connection)
{
    private ClusterConnection? _connection = connection;
    private ClusterTransaction? _transaction;

    // A native command that is made on an open connection comes bound to it.
    private DbConnection? _bound = connection?.NativeOrNull;

    public DbConnection? Connection
    {
        readonly get => _connection;
        set => _connection = value as ClusterConnection ?? (value is null ? null : throw new ArgumentException(
            $"This runs on a ClusterConnection, not on a {value.GetType().Name}.", nameof(value)));
    }

    public DbTransaction? Transaction
    {
        readonly get => _transaction;
        set => _transaction = value as ClusterTransaction ?? (value is null ? null : throw new ArgumentException(
            $"This takes part in a ClusterTransaction, not in a {value.GetType().Name}.", nameof(value)));
    }

    public readonly DbTransaction? NativeTransaction => _transaction?.Native;

    /// <summary>The connection, where a call is about to be made or has just been.</summary>
    public readonly ClusterConnection Required => _connection
        ?? throw new InvalidOperationException("There is no connection to run this on; set the Connection property.");

    /// <summary>
    /// Prepares for one execution. True when the native counterpart has to be bound to <paramref name="native"/> first, because the
    /// connection is open to it only since the last time.
    /// </summary>
    public bool MustRebind(CommandBehavior behavior, out DbConnection native)
    {
        native = Required.UsableNative();
        if ((behavior & CommandBehavior.CloseConnection) != 0)
        {
            _connection!.CloseWithNative();
        }

        if (ReferenceEquals(_bound, native))
        {
            return false;
        }

        _bound = native;
        return true;
    }
}
