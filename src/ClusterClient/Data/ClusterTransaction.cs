using System.Data;
using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>A transaction on the node that its connection is bound to.</summary>
/// <remarks>For one caller at a time.</remarks>
public sealed partial class ClusterTransaction : DbTransaction
{
    private readonly ClusterConnection _connection;
    private readonly DbTransaction _native;
    private readonly int _abandonments;
    private bool _isDisposed;

    internal ClusterTransaction(ClusterConnection connection, DbTransaction native)
    {
        _connection = connection;
        _native = native;
        _abandonments = connection.Abandonments;
    }

    /// <summary>
    /// Out of reach once this is disposed: drivers use the object again for the next transaction, which need not even be the
    /// same caller's.
    /// </summary>
    internal DbTransaction Native
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _native;
        }
    }

    /// <inheritdoc/>
    public override IsolationLevel IsolationLevel => Native.IsolationLevel;

    /// <inheritdoc/>
    public override bool SupportsSavepoints => Native.SupportsSavepoints;

    /// <inheritdoc/>
    protected override DbConnection? DbConnection => Native.Connection is null ? null : _connection.Face;

    /// <summary>The driver's own transaction.</summary>
    /// <typeparam name="T">The driver's transaction class, such as <c>NpgsqlTransaction</c>.</typeparam>
    /// <exception cref="InvalidCastException">The driver's transaction is not a <typeparamref name="T"/>.</exception>
    public T Unwrap<T>()
        where T : DbTransaction
    {
        _connection.IsUnwrapped = true;
        return (T)Native;
    }

    /// <summary>
    /// Commits. Where the answer is lost, it is found out what became of the transaction, as <see cref="ClusterOptions.CommitResolution"/> says:
    /// this returns if it was committed after all; if it was not, it throws the driver's exception, of which <see cref="CallFault"/> says that
    /// nothing was applied.
    /// </summary>
    /// <exception cref="NodeFencedException">The node lost its place meanwhile; nothing was committed.</exception>
    /// <exception cref="CommitOutcomeUnknownException">Nobody who could be asked in time knew what became of it.</exception>
    public override void Commit() => new CommitCall(this, limit: null).Run();

    /// <inheritdoc cref="Commit"/>
    /// <param name="cancellationToken">
    /// Cancels the commit. One that is cancelled in the midst may have been done, which is not looked into then.
    /// </param>
    public override Task CommitAsync(CancellationToken cancellationToken = default) => new CommitCall(this, limit: null).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Rollback()
    {
        _connection.Noting(Native, static native =>
        {
            native.Rollback();
            return 0;
        });
        End();
    }

    /// <inheritdoc/>
    public override async Task RollbackAsync(CancellationToken cancellationToken = default)
    {
        await _connection.NotingAsync(
            (Native, cancellationToken), static c => c.Native.RollbackAsync(c.cancellationToken), cancellationToken).ConfigureAwait(false);
        End();
    }

    /// <inheritdoc/>
    public override void Save(string savepointName) => Native.Save(savepointName);

    /// <inheritdoc/>
    public override Task SaveAsync(string savepointName, CancellationToken cancellationToken = default) =>
        Native.SaveAsync(savepointName, cancellationToken);

    /// <inheritdoc/>
    public override void Rollback(string savepointName)
    {
        _connection.Noting((Native, savepointName), static c =>
        {
            c.Native.Rollback(c.savepointName);
            return 0;
        });
        Failure = null;
    }

    /// <inheritdoc/>
    public override async Task RollbackAsync(string savepointName, CancellationToken cancellationToken = default)
    {
        await _connection.NotingAsync(
            (Native, savepointName, cancellationToken),
            static c => c.Native.RollbackAsync(c.savepointName, c.cancellationToken),
            cancellationToken).ConfigureAwait(false);
        Failure = null;
    }

    /// <inheritdoc/>
    public override void Release(string savepointName) => _connection.Noting((Native, savepointName), static c =>
    {
        c.Native.Release(c.savepointName);
        return 0;
    });

    /// <inheritdoc/>
    public override async Task ReleaseAsync(string savepointName, CancellationToken cancellationToken = default) =>
        await _connection.NotingAsync(
            (Native, savepointName, cancellationToken),
            static c => c.Native.ReleaseAsync(c.savepointName, c.cancellationToken),
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => EndsHere() ? _native.DisposeAsync() : default;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && EndsHere())
        {
            _native.Dispose();
        }

        base.Dispose(disposing);
    }

    internal bool IsOf(ClusterConnection? connection) => ReferenceEquals(_connection, connection);

    private void End()
    {
        HasEnded = true;
        _connection.EndTransaction(this);
    }

    private bool EndsHere()
    {
        // One whose call was abandoned ends with the driver's connection, which somebody else disposes when that call is done.
        var ends = !_isDisposed && _abandonments == _connection.Abandonments;
        _isDisposed = true;
        End();
        return ends;
    }
}
