using System.Data;
using System.Data.Common;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>
/// Several commands in one round trip on a <see cref="ClusterConnection"/>: the driver's own batch, bound to whichever node the
/// connection is open to at each execution. Its commands, parameters and readers are the driver's.
/// </summary>
/// <remarks>For one caller at a time, except <see cref="Cancel"/>.</remarks>
public sealed class ClusterBatch : DbBatch, IHedgeable<ClusterBatch>
{
    private readonly DbBatch _inner;
    private NodeBinding _binding;
    private CallIntent _says;
    private bool _isPrepared;

    internal ClusterBatch(ClusterConnection connection)
    {
        _binding = new(connection);
        _inner = connection.NativeOrNull?.CreateBatch() ?? connection.Opener.Driver.ProviderFactory.CreateBatch();
    }

    private ClusterBatch(ClusterConnection connection, DbBatch inner) => (_binding, _inner) = (new(connection), inner);

    internal ClusterBatch(DbProviderFactory driver) => _inner = driver.CreateBatch();

    /// <inheritdoc/>
    public override int Timeout
    {
        get => _inner.Timeout;
        set => _inner.Timeout = value;
    }

    /// <inheritdoc/>
    protected override DbBatchCommandCollection DbBatchCommands => _inner.BatchCommands;

    /// <inheritdoc/>
    protected override DbConnection? DbConnection
    {
        get => _binding.Connection?.Face;
        set
        {
            var connection = NodeBinding.Accept(value);
            if (connection != _binding.Connection?.Face)
            {
                MoveTo(connection);
            }
        }
    }

    /// <inheritdoc/>
    protected override DbTransaction? DbTransaction
    {
        get => _binding.Transaction;
        set
        {
            var transaction = NodeBinding.Accept(value);
            if (transaction is not null && transaction.Owner.Face == DbConnection)
            {
                ((IRepeatable)this).RunOn(transaction.Owner);
            }

            if (_binding.IsBehind(out var native))
            {
                _inner.Connection = native;
                _binding.Bound(native);
            }

            _inner.Transaction = transaction?.Native;
            _binding.Transaction = transaction;
        }
    }

    /// <inheritdoc cref="ClusterCommand.IsIdempotent"/>
    public bool IsIdempotent { get; set; }

    /// <inheritdoc cref="ClusterCommand.Intent"/>
    public RouteIntent? Intent
    {
        get => _says.Intent;
        set => _says.Intent = value;
    }

    /// <inheritdoc cref="ClusterCommand.IsReadOnly"/>
    public bool IsReadOnly
    {
        get => _says.IsReadOnly;
        set => _says.IsReadOnly = value;
    }

    /// <inheritdoc cref="ClusterCommand.IsHedged"/>
    public bool? IsHedged { get; set; }

    bool IHedgeable<ClusterBatch>.WantsHedge => IsHedged ?? _binding.Connection is { IsHedged: true };

    bool IHedgeable<ClusterBatch>.CanBeCopied => !_isPrepared && _binding.Transaction is null && StatementCopy.IsPossible(_inner);

    void IRepeatable.RunOn(ClusterConnection connection)
    {
        if (connection != _binding.Connection)
        {
            MoveTo(connection);
        }
    }

    ClusterConnection? IRepeatable.Connection => _binding.Connection;

    // Of several statements a driver may have committed the first ones, whatever the last one met.
    bool IRepeatable.IsPlainStatement => _inner.BatchCommands.Count == 1
        && _inner.BatchCommands[0] is { CommandType: CommandType.Text } only && PlainStatement.Is(only.CommandText);

    bool IRepeatable.MayWrite
    {
        get
        {
            var commands = _inner.BatchCommands;
            for (var i = 0; i < commands.Count && !IsReadOnly; i++)
            {
                if (commands[i] is not { CommandType: CommandType.Text } one || WritingStatement.Is(one.CommandText))
                {
                    return true;
                }
            }

            return false;
        }
    }

    int IRepeatable.Timeout => _inner.Timeout;

    /// <summary>The driver's own batch.</summary>
    /// <remarks>
    /// To execute it itself goes past this library: what that leaves in the session is not known here, and a later command that fails may
    /// be sent again on a new session as if it had been the connection's first.
    /// </remarks>
    /// <typeparam name="T">The driver's batch class, such as <c>NpgsqlBatch</c>.</typeparam>
    /// <exception cref="InvalidCastException">The driver's batch is not a <typeparamref name="T"/>.</exception>
    public T Unwrap<T>()
        where T : DbBatch
    {
        _binding.Connection?.IsUnwrapped = true;
        return (T)_inner;
    }

    /// <inheritdoc/>
    public override void Cancel() => ((_binding.Connection?.StandIn as ClusterBatch)?._inner ?? _inner).Cancel();

    /// <inheritdoc/>
    public override void Prepare()
    {
        _binding.Connection?.Roles?.Lead(this);
        _binding.Required.Noting(BindToPrepare(), static inner =>
        {
            inner.Prepare();
            return 0;
        });
    }

    /// <inheritdoc/>
    public override Task PrepareAsync(CancellationToken cancellationToken = default) =>
        _binding.Connection?.Roles is { } roles ? PrepareAsync(roles, cancellationToken) : PrepareBoundAsync(cancellationToken);

    private async Task PrepareAsync(RoleConnections roles, CancellationToken cancellationToken)
    {
        await roles.LeadAsync(this, CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
        await PrepareBoundAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task PrepareBoundAsync(CancellationToken cancellationToken) =>
        _binding.Connection.NotingAsync(
            (Self: this, cancellationToken), static c => c.Self.BindToPrepare().PrepareAsync(c.cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override int ExecuteNonQuery() =>
        CallMeasuring.Measure(On(), static c => c.Command.Bind().ExecuteNonQuery());

    /// <inheritdoc/>
    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default) =>
        CallMeasuring.MeasureAsync(On(cancellationToken: cancellationToken), static c => c.Command.Bind().ExecuteNonQueryAsync(c.CancellationToken));

    /// <inheritdoc/>
    public override object? ExecuteScalar() =>
        CallMeasuring.Measure(On(), static c => c.Command.Bind().ExecuteScalar());

    /// <inheritdoc/>
    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default) =>
        CallMeasuring.MeasureAsync(On(cancellationToken: cancellationToken), static c => c.Command.Bind().ExecuteScalarAsync(c.CancellationToken));

    /// <inheritdoc/>
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
        CallMeasuring.Measure(On(behavior), static c => c.Command.Bind(c.Behavior).ExecuteReader(c.Behavior));

    /// <inheritdoc/>
    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        CallMeasuring.MeasureAsync(
            On(behavior, cancellationToken), static c => c.Command.Bind(c.Behavior).ExecuteReaderAsync(c.Behavior, c.CancellationToken));

    /// <inheritdoc/>
    protected override DbBatchCommand CreateDbBatchCommand() => _inner.CreateBatchCommand();

    /// <inheritdoc/>
    public override void Dispose() => _inner.Dispose();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _inner.DisposeAsync();

    ClusterBatch IHedgeable<ClusterBatch>.CopyOn(ClusterConnection connection) => new(connection, StatementCopy.Of(_inner, connection.NativeOrNull, connection.Opener.Driver.ProviderFactory));

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

    private Execution<ClusterBatch> On(CommandBehavior behavior = CommandBehavior.Default, CancellationToken cancellationToken = default) =>
        new(this, behavior, cancellationToken);

    // The server keeps what is prepared for this connection, and this command.
    private DbBatch BindToPrepare()
    {
        _isPrepared = true;
        return Bind();
    }

    private DbBatch Bind(CommandBehavior behavior = CommandBehavior.Default)
    {
        if (_binding.MustRebind(behavior, out var native))
        {
            _inner.Connection = native;
            _binding.Bound(native);
            // What it had was the earlier connection's, and drivers refuse a transaction that is over or another's.
            _inner.Transaction = null;
        }

        var connection = _binding.Connection!;
        if (connection.CurrentTransaction is { } transaction)
        {
            // Its parts are the application's to look at afterwards, so that nothing is added to them.
            transaction.MayHaveWritten = true;
            foreach (var part in _inner.BatchCommands)
            {
                transaction.Sees(part.CommandText);
            }
        }

        var batch = !_isPrepared && connection.Opener.Limits.CommentsTraces && TraceContext.Comment() is { } comment
            ? new TracedBatch(_inner, comment) : _inner;
        return ShortTimeout.Over(batch, connection);
    }
}
