using System.Data;
using System.Data.Common;

namespace ClusterClient.Data;

// Beginning transactions.
public partial class ClusterConnection
{
    /// <summary>Starts a transaction at the server's default isolation level.</summary>
    public new ClusterTransaction BeginTransaction() => BeginTransaction(IsolationLevel.Unspecified);

    /// <summary>Starts a transaction.</summary>
    public new ClusterTransaction BeginTransaction(IsolationLevel isolationLevel)
    {
        if (Auto is { } roles)
        {
            return roles.Begin(isolationLevel);
        }

        var native = Pinned();
        return _transaction = new(this, this.Noting((Self: this, native, isolationLevel), static c => c.Self.Begin(c.native, c.isolationLevel)));
    }

    /// <summary>Starts a transaction at the server's default isolation level.</summary>
    public new ValueTask<ClusterTransaction> BeginTransactionAsync(CancellationToken cancellationToken = default) =>
        BeginTransactionAsync(IsolationLevel.Unspecified, cancellationToken);

    /// <summary>Starts a transaction.</summary>
    public new async ValueTask<ClusterTransaction> BeginTransactionAsync(
        IsolationLevel isolationLevel, CancellationToken cancellationToken = default)
    {
        if (Auto is { } roles)
        {
            return await roles.BeginAsync(isolationLevel, cancellationToken).ConfigureAwait(false);
        }

        var native = Pinned();
        var transaction = await this.NotingAsync(
            (Self: this, native, isolationLevel, cancellationToken),
            static c => c.Self.BeginAsync(c.native, c.isolationLevel, c.cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return _transaction = new(this, transaction);
    }

    /// <summary>The transaction that is open on it through this library; null when there is none.</summary>
    internal ClusterTransaction? CurrentTransaction => _transaction;

    /// <summary>It is over, whatever became of it.</summary>
    internal void EndTransaction(ClusterTransaction transaction)
    {
        if (ReferenceEquals(_transaction, transaction))
        {
            _transaction = null;
        }

        _origin.Roles?.Ended(transaction);
    }

    private DbTransaction Begin(DbConnection native, IsolationLevel isolationLevel)
    {
        var transaction = native.BeginTransaction(isolationLevel);
        if (Opener.Limits.BeginWith is { } statement)
        {
            var abandonments = Abandonments;
            try
            {
                using var command = native.CreateCommand();
                (command.Transaction, command.CommandText) = (transaction, statement);
                command.ExecuteNonQuery();
            }
            catch
            {
                if (abandonments == Abandonments)
                {
                    Undo(transaction);
                }

                throw;
            }
        }

        return transaction;
    }

    private async Task<DbTransaction> BeginAsync(DbConnection native, IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        var transaction = await native.BeginTransactionAsync(isolationLevel, cancellationToken).ConfigureAwait(false);
        if (Opener.Limits.BeginWith is { } statement)
        {
            var abandonments = Abandonments;
            try
            {
                // The driver sends the beginning along with it: it takes the first command's round trip, and that command one of its own.
                var command = native.CreateCommand();
                await using (command.ConfigureAwait(false))
                {
                    (command.Transaction, command.CommandText) = (transaction, statement);
                    await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            catch
            {
                // One whose beginning was abandoned ends with the driver's connection.
                if (abandonments == Abandonments)
                {
                    await UndoAsync(transaction).ConfigureAwait(false);
                }

                throw;
            }
        }

        return transaction;
    }

    /// <summary>Rolls back what is left of it, whatever that meets: the fault before it, or the commit that was done, is what its caller gets.</summary>
    internal static void Undo(DbTransaction transaction)
    {
        try
        {
            transaction.Dispose();
        }
#pragma warning disable CA1031 // The fault that it is undone for is what its caller gets.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <inheritdoc cref="Undo"/>
    internal static async ValueTask UndoAsync(DbTransaction transaction)
    {
        try
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <inheritdoc/>
    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => BeginTransaction(isolationLevel);

    /// <inheritdoc/>
    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(
        IsolationLevel isolationLevel, CancellationToken cancellationToken) =>
        await BeginTransactionAsync(isolationLevel, cancellationToken).ConfigureAwait(false);
}
