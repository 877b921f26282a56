using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using ClusterClient.Diagnostics;
using ClusterClient.Resilience;
using ClusterClient.Routing;

namespace ClusterClient.Data;

/// <summary>
/// A command on a <see cref="ClusterConnection"/>: the driver's own command, bound to whichever node the connection is open to at
/// each execution. Its parameters and readers are the driver's.
/// </summary>
/// <remarks>For one caller at a time, except <see cref="Cancel"/>.</remarks>
public sealed partial class ClusterCommand : DbCommand, IHedgeable<ClusterCommand>
{
    private readonly DbCommand _inner;
    private NodeBinding _binding;
    private CallIntent _says;
    private bool _isPrepared;

    // Whether the driver's text has the trace's context behind it, which is not the application's.
    private bool _isTraced;

    internal ClusterCommand(ClusterConnection connection)
    {
        _binding = new(connection);
        // Where a native connection stands its own factory method is used: drivers keep a spare command on it.
        _inner = connection.NativeOrNull?.CreateCommand() ?? NewUnbound(connection.Opener.Driver.ProviderFactory);
        GC.SuppressFinalize(this);
    }

    internal ClusterCommand(DbProviderFactory driver)
    {
        _inner = NewUnbound(driver);
        GC.SuppressFinalize(this);
    }

    private ClusterCommand(ClusterConnection connection, DbCommand inner)
    {
        (_binding, _inner) = (new(connection), inner);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    [AllowNull]
    public override string CommandText
    {
        get => _isTraced ? TraceContext.Remove(_inner.CommandText) : _inner.CommandText;
        set => (_inner.CommandText, _isTraced) = (value, false);
    }

    /// <inheritdoc/>
    public override int CommandTimeout
    {
        get => _inner.CommandTimeout;
        set => _inner.CommandTimeout = value;
    }

    /// <inheritdoc/>
    public override CommandType CommandType
    {
        get => _inner.CommandType;
        set => _inner.CommandType = value;
    }

    /// <inheritdoc/>
    public override bool DesignTimeVisible
    {
        get => _inner.DesignTimeVisible;
        set => _inner.DesignTimeVisible = value;
    }

    /// <inheritdoc/>
    public override UpdateRowSource UpdatedRowSource
    {
        get => _inner.UpdatedRowSource;
        set => _inner.UpdatedRowSource = value;
    }

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
    protected override DbParameterCollection DbParameterCollection => _inner.Parameters;

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

    /// <summary>
    /// Whether doing this twice is as good as doing it once, so that it may be sent again even though the server may have done it: for writes
    /// such as <c>INSERT … ON CONFLICT DO NOTHING</c>. What runs on <see cref="ClusterDataSource.Reads"/> needs no such word.
    /// </summary>
    /// <value>Default false.</value>
    public bool IsIdempotent { get; set; }

    /// <summary>
    /// What it wants on a connection of <see cref="ClusterDataSource.Auto"/>: <see cref="RouteIntent.Read"/> for a replica, which has all that the connection
    /// has written; null or <see cref="RouteIntent.Write"/> for the primary. Inside a transaction everything goes to the primary. On a connection
    /// that was opened for reading or for writing this changes nothing: the node is chosen.
    /// </summary>
    /// <value>Default null.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is set to <see cref="RouteIntent.Auto"/>.</exception>
    public RouteIntent? Intent
    {
        get => _says.Intent;
        set => _says.Intent = value;
    }

    /// <summary>
    /// Whether it writes nothing, wherever it runs: then it may be sent again whatever its first attempt met, and on a connection of
    /// <see cref="ClusterDataSource.Auto"/> no later read has to wait for a replica that has its effects.
    /// </summary>
    /// <value>Default false; true where <see cref="Intent"/> is <see cref="RouteIntent.Read"/>.</value>
    public bool IsReadOnly
    {
        get => _says.IsReadOnly;
        set => _says.IsReadOnly = value;
    }

    /// <summary>
    /// Whether a second replica is asked when this takes unusually long, or null for what its connection's data source or view says; see
    /// <see cref="HedgingPolicy"/> for when that can be. What then runs are copies of this command, so that nothing that
    /// <see cref="Unwrap"/> gives tells of the execution.
    /// </summary>
    /// <value>Default null.</value>
    public bool? IsHedged { get; set; }

    bool IHedgeable<ClusterCommand>.WantsHedge => IsHedged ?? _binding.Connection is { IsHedged: true };

    bool IHedgeable<ClusterCommand>.CanBeCopied => !_isPrepared && _binding.Transaction is null && StatementCopy.IsPossible(_inner);

    void IRepeatable.RunOn(ClusterConnection connection)
    {
        if (connection != _binding.Connection)
        {
            MoveTo(connection);
        }
    }

    ClusterConnection? IRepeatable.Connection => _binding.Connection;

    bool IRepeatable.IsPlainStatement => CommandType == CommandType.Text && PlainStatement.Is(CommandText);

    bool IRepeatable.MayWrite => !IsReadOnly && (CommandType != CommandType.Text || WritingStatement.Is(_inner.CommandText));

    int IRepeatable.Timeout => _inner.CommandTimeout;

    /// <summary>The driver's own command, for settings that ADO.NET has no words for.</summary>
    /// <remarks>
    /// To execute it itself goes past this library: what that leaves in the session is not known here, and a later command that fails may
    /// be sent again on a new session as if it had been the connection's first.
    /// </remarks>
    /// <typeparam name="T">The driver's command class, such as <c>NpgsqlCommand</c>.</typeparam>
    /// <exception cref="InvalidCastException">The driver's command is not a <typeparamref name="T"/>.</exception>
    public T Unwrap<T>()
        where T : DbCommand
    {
        _binding.Connection?.IsUnwrapped = true;
        return (T)_inner;
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        switch (_binding.Connection?.StandIn)
        {
            case ClusterCommand copy:
                copy._inner.Cancel();
                break;
            case DbCommand marked:
                marked.Cancel();
                break;
            case DbBatch marked:
                marked.Cancel();
                break;
            default:
                _inner.Cancel();
                break;
        }
    }

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
    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) =>
        CallMeasuring.MeasureAsync(On(cancellationToken: cancellationToken), static c => c.Command.Bind().ExecuteNonQueryAsync(c.CancellationToken));

    /// <inheritdoc/>
    public override object? ExecuteScalar() =>
        CallMeasuring.Measure(On(), static c => c.Command.Bind().ExecuteScalar());

    /// <inheritdoc/>
    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) =>
        CallMeasuring.MeasureAsync(On(cancellationToken: cancellationToken), static c => c.Command.Bind().ExecuteScalarAsync(c.CancellationToken));

    /// <inheritdoc/>
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
        CallMeasuring.Measure(On(behavior), static c => c.Command.Bind(c.Behavior).ExecuteReader(c.Behavior));

    /// <inheritdoc/>
    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        CallMeasuring.MeasureAsync(
            On(behavior, cancellationToken), static c => c.Command.Bind(c.Behavior).ExecuteReaderAsync(c.Behavior, c.CancellationToken));

    /// <inheritdoc/>
    protected override DbParameter CreateDbParameter() => _inner.CreateParameter();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _inner.DisposeAsync();
}
