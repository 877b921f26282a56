using System.Data;
using System.Data.Common;

namespace ClusterClient.Data;

/// <summary>A transaction on the node that its connection is bound to.</summary>
/// <remarks>For one caller at a time.</remarks>
public sealed class ClusterTransaction : DbTransaction
{
    private readonly ClusterConnection _connection;

    internal ClusterTransaction(ClusterConnection connection, DbTransaction native)
    {
        _connection = connection;
        Native = native;
    }

    internal DbTransaction Native { get; }

    /// <inheritdoc/>
    public override IsolationLevel IsolationLevel => Native.IsolationLevel;

    /// <inheritdoc/>
    public override bool SupportsSavepoints => Native.SupportsSavepoints;

    /// <inheritdoc/>
    protected override DbConnection? DbConnection => Native.Connection is null ? null : _connection;

    /// <summary>The driver's own transaction.</summary>
    /// <typeparam name="T">The driver's transaction class, such as <c>NpgsqlTransaction</c>.</typeparam>
    /// <exception cref="InvalidCastException">The driver's transaction is not a <typeparamref name="T"/>.</exception>
    public T Unwrap<T>()
        where T : DbTransaction => (T)Native;

    /// <inheritdoc/>
    /// <exception cref="NodeFencedException">The node lost its place meanwhile; nothing was committed.</exception>
    public override void Commit()
    {
        _connection.UsableNative();
        _connection.Noting(Native, static native =>
        {
            native.Commit();
            return 0;
        });
    }

    /// <inheritdoc/>
    /// <exception cref="NodeFencedException">The node lost its place meanwhile; nothing was committed.</exception>
    public override async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        _connection.UsableNative();
        await _connection.NotingAsync(Native.CommitAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Rollback()
    {
        _connection.Noting(Native, static native =>
        {
            native.Rollback();
            return 0;
        });
    }

    /// <inheritdoc/>
    public override Task RollbackAsync(CancellationToken cancellationToken = default) =>
        _connection.NotingAsync(Native.RollbackAsync(cancellationToken));

    /// <inheritdoc/>
    public override void Save(string savepointName) => Native.Save(savepointName);

    /// <inheritdoc/>
    public override Task SaveAsync(string savepointName, CancellationToken cancellationToken = default) =>
        Native.SaveAsync(savepointName, cancellationToken);

    /// <inheritdoc/>
    public override void Rollback(string savepointName) => Native.Rollback(savepointName);

    /// <inheritdoc/>
    public override Task RollbackAsync(string savepointName, CancellationToken cancellationToken = default) =>
        Native.RollbackAsync(savepointName, cancellationToken);

    /// <inheritdoc/>
    public override void Release(string savepointName) => Native.Release(savepointName);

    /// <inheritdoc/>
    public override Task ReleaseAsync(string savepointName, CancellationToken cancellationToken = default) =>
        Native.ReleaseAsync(savepointName, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => Native.DisposeAsync();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Native.Dispose();
        }

        base.Dispose(disposing);
    }
}
