using System.Data;
using System.Data.Common;
using ClusterClient.Diagnostics;

namespace ClusterClient.Data;

// What is done to the driver's command before it is executed.
public sealed partial class ClusterCommand
{
    private static DbCommand NewUnbound(DbProviderFactory driver) => driver.CreateCommand()
        ?? throw new NotSupportedException($"{driver.GetType().Name} creates no commands.");

    ClusterCommand IHedgeable<ClusterCommand>.CopyOn(ClusterConnection connection) =>
        new(connection, StatementCopy.Of(_inner, connection.NativeOrNull)) { _isTraced = _isTraced };

    private void MoveTo(ClusterConnection? connection)
    {
        // At once, because the driver refuses it while a reader is open.
        _inner.Connection = connection?.NativeOrNull;
        _binding.MoveTo(connection);
        if (_binding.Transaction is null)
        {
            _inner.Transaction = null;
        }
    }

    private Execution<ClusterCommand> On(CommandBehavior behavior = CommandBehavior.Default, CancellationToken cancellationToken = default) =>
        new(this, behavior, cancellationToken);

    // The server keeps what is prepared for this connection, and this command.
    private DbCommand BindToPrepare()
    {
        _isPrepared = true;
        Rebind(CommandBehavior.Default);
        Trace();
        return ShortTimeout.Over(_inner, _binding.Connection!);
    }

    private DbCommand Bind(CommandBehavior behavior = CommandBehavior.Default)
    {
        Rebind(behavior);
        Trace();
        var connection = _binding.Connection!;
        return connection.CurrentTransaction?.Around(_inner, _isPrepared, behavior) ?? ShortTimeout.Over(_inner, connection);
    }

    // Left there afterwards: a driver refuses another text while its reader is open. What is prepared stays what it is.
    private void Trace()
    {
        var isWanted = _binding.Connection!.Opener.Limits.CommentsTraces;
        if (!_isTraced && !isWanted)
        {
            return;
        }

        var text = CommandText;
        var comment = !isWanted || _isPrepared || CommandType != CommandType.Text || TraceContext.IsIn(text) ? null : TraceContext.Comment();
        if (_isTraced || comment is not null)
        {
            _inner.CommandText = comment is null ? text : TraceContext.Append(text, comment);
            _isTraced = comment is not null;
        }
    }

    private void Rebind(CommandBehavior behavior)
    {
        if (_binding.MustRebind(behavior, out var native))
        {
            _inner.Connection = native;
            _binding.Bound(native);
            // What it had was the earlier connection's, and drivers refuse a transaction that is over or another's.
            _inner.Transaction = null;
        }
    }
}
