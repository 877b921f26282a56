using System.Data;
using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>
/// Several commands in one round trip on a <see cref="ClusterConnection"/>: the driver's own batch, bound to whichever node the
/// connection is open to at each execution. Its commands, parameters and readers are the driver's.
/// </summary>
/// <remarks>For one caller at a time, except <see cref="Cancel"/>.</remarks>
public sealed class ClusterBatch : DbBatch
{
    private readonly DbBatch _inner;
    private NodeBinding _binding;

    internal ClusterBatch(ClusterConnection connection)
    {
        _binding = new(connection);
        _inner = connection.NativeOrNull?.CreateBatch() ?? connection.Opener.Driver.ProviderFactory.CreateBatch();
    }

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
        get => _binding.Connection;
        set
        {
            var connection = NodeBinding.Accept(value);
            if (connection != _binding.Connection)
            {
                // At once, because the driver refuses it while a reader is open.
                _inner.Connection = connection?.NativeOrNull;
                _binding.MoveTo(connection);
                if (_binding.Transaction is null)
                {
                    _inner.Transaction = null;
                }
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
            if (_binding.IsBehind(out var native))
            {
                _inner.Connection = native;
                _binding.Bound(native);
            }

            _inner.Transaction = transaction?.Native;
            _binding.Transaction = transaction;
        }
    }

    /// <summary>The driver's own batch.</summary>
    /// <typeparam name="T">The driver's batch class, such as <c>NpgsqlBatch</c>.</typeparam>
    /// <exception cref="InvalidCastException">The driver's batch is not a <typeparamref name="T"/>.</exception>
    public T Unwrap<T>()
        where T : DbBatch => (T)_inner;

    /// <inheritdoc/>
    public override void Cancel() => _inner.Cancel();

    /// <inheritdoc/>
    public override void Prepare() => _binding.Required.Noting(Bind(), static inner =>
    {
        inner.Prepare();
        return 0;
    });

    /// <inheritdoc/>
    public override Task PrepareAsync(CancellationToken cancellationToken = default) =>
        _binding.Connection.NotingAsync(
            (Self: this, cancellationToken), static c => c.Self.Bind().PrepareAsync(c.cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override int ExecuteNonQuery() =>
        _binding.Required.Measuring(Bind(), static inner => inner.ExecuteNonQuery());

    /// <inheritdoc/>
    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default) =>
        _binding.Connection.MeasuringAsync(
            (Self: this, cancellationToken), static c => c.Self.Bind().ExecuteNonQueryAsync(c.cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override object? ExecuteScalar() =>
        _binding.Required.Measuring(Bind(), static inner => inner.ExecuteScalar());

    /// <inheritdoc/>
    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default) =>
        _binding.Connection.MeasuringAsync(
            (Self: this, cancellationToken), static c => c.Self.Bind().ExecuteScalarAsync(c.cancellationToken), cancellationToken);

    /// <inheritdoc/>
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
        _binding.Required.Measuring((Inner: Bind(behavior), behavior), static call => call.Inner.ExecuteReader(call.behavior));

    /// <inheritdoc/>
    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        _binding.Connection.MeasuringAsync(
            (Self: this, behavior, cancellationToken),
            static c => c.Self.Bind(c.behavior).ExecuteReaderAsync(c.behavior, c.cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    protected override DbBatchCommand CreateDbBatchCommand() => _inner.CreateBatchCommand();

    /// <inheritdoc/>
    public override void Dispose() => _inner.Dispose();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _inner.DisposeAsync();

    private DbBatch Bind(CommandBehavior behavior = CommandBehavior.Default)
    {
        if (_binding.MustRebind(behavior, out var native))
        {
            _inner.Connection = native;
            _binding.Bound(native);
            // What it had was the earlier connection's, and drivers refuse a transaction that is over or another's.
            _inner.Transaction = null;
        }

        return ShortTimeout.Over(_inner, _binding.Connection!);
    }
}
