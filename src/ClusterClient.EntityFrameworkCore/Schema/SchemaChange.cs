using System.Data;
using System.Data.Common;
using System.Transactions;
using ClusterClient.Data;
using ClusterClient.Resilience;
using ClusterClient.Routing;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace ClusterClient.EntityFrameworkCore.Schema;

/// <summary>
/// Changes of a database or its schema. Providers make them on connections of their driver's own class, and so the context has one, to the
/// primary, as long as it lasts; afterwards every node's driver is to know the types, and the context's reads are to show what was made.
/// </summary>
internal sealed class SchemaChange(IRelationalConnection connection, IDbContextOptions options, SchemaFlow flow)
{
    /// <summary>Makes a change.</summary>
    /// <param name="change">Whether it did anything.</param>
    public bool Run(Func<bool> change)
    {
        if (connection.DbConnection is not ClusterConnection cluster)
        {
            // It is part of another.
            return change();
        }

        bool isChanged;
        using (CanSwap(cluster) ? Swap(cluster, FindPrimary(cluster)) : null)
        {
            isChanged = change();
        }

        if (isChanged)
        {
            // Nothing of it needs this thread, and to wait for it is what the blocking call was asked for.
            Task.Run(() => cluster.Opener.Schema.ReloadTypesAsync(CancellationToken.None)).Wait(CancellationToken.None);
        }

        return isChanged;
    }

    /// <inheritdoc cref="Run"/>
    public async Task<bool> RunAsync(Func<Task<bool>> change, CancellationToken cancellationToken)
    {
        if (connection.DbConnection is not ClusterConnection cluster)
        {
            return await change().ConfigureAwait(false);
        }

        bool isChanged;
        using (CanSwap(cluster) ? Swap(cluster, await FindPrimaryAsync(cluster, cancellationToken).ConfigureAwait(false)) : null)
        {
            isChanged = await change().ConfigureAwait(false);
        }

        if (isChanged)
        {
            await cluster.Opener.Schema.ReloadTypesAsync(cancellationToken).ConfigureAwait(false);
        }

        return isChanged;
    }

    /// <summary>Drops the database.</summary>
    /// <param name="drop">Whether it was there.</param>
    public bool RunDrop(Func<bool> drop)
    {
        if (connection.DbConnection is not ClusterConnection cluster)
        {
            return drop();
        }

        using (new Emptying(cluster))
        using (CanSwap(cluster) ? Swap(cluster, FindPrimary(cluster)) : null)
        {
            return drop();
        }
    }

    /// <inheritdoc cref="RunDrop"/>
    public async Task<bool> RunDropAsync(Func<Task<bool>> drop, CancellationToken cancellationToken)
    {
        if (connection.DbConnection is not ClusterConnection cluster)
        {
            return await drop().ConfigureAwait(false);
        }

        using (new Emptying(cluster))
        using (CanSwap(cluster) ? Swap(cluster, await FindPrimaryAsync(cluster, cancellationToken).ConfigureAwait(false)) : null)
        {
            return await drop().ConfigureAwait(false);
        }
    }

    // What is open is the application's to close; the change is then made on it, as far as the provider can.
    private bool CanSwap(ClusterConnection cluster) => cluster.State == ConnectionState.Closed && connection.CurrentTransaction is null;

    private Swapped Swap(ClusterConnection cluster, DbDataSource primary) => new(connection, cluster, options, flow, primary);

    // To open a connection waits for a primary, with all that belongs to that; the database need not be there.
    private static DbDataSource FindPrimary(ClusterConnection cluster)
    {
        using var alone = new TransactionScope(TransactionScopeOption.Suppress);
        using var writer = cluster.Another(RouteIntent.Write);
        try
        {
            writer.Open();
            return cluster.Opener.Schema.SourceOf(writer.Node!.Index);
        }
        catch (DbException e) when (IsWithoutDatabase(cluster, e, out var primary))
        {
            return primary;
        }
    }

    private static async Task<DbDataSource> FindPrimaryAsync(ClusterConnection cluster, CancellationToken cancellationToken)
    {
        using var alone = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        var writer = cluster.Another(RouteIntent.Write);
        await using (writer.ConfigureAwait(false))
        {
            try
            {
                await writer.OpenAsync(cancellationToken).ConfigureAwait(false);
                return cluster.Opener.Schema.SourceOf(writer.Node!.Index);
            }
            catch (DbException e) when (IsWithoutDatabase(cluster, e, out var primary))
            {
                return primary;
            }
        }
    }

    private static bool IsWithoutDatabase(ClusterConnection cluster, DbException exception, out DbDataSource primary)
    {
        var node = cluster.Opener.Topology.Primary;
        primary = node is null ? null! : cluster.Opener.Schema.SourceOf(node.Index);
        return node is not null && CallFault.Of(exception)?.Fault.Kind == FaultKind.Rejected;
    }

    /// <summary>Before, because the server may refuse to drop what is in use; after, because what was opened by then is dead.</summary>
    private sealed class Emptying : IDisposable
    {
        private readonly ClusterConnection _cluster;

        public Emptying(ClusterConnection cluster)
        {
            _cluster = cluster;
            cluster.Opener.Schema.ClearPools();
        }

        public void Dispose() => _cluster.Opener.Schema.ClearPools();
    }

    /// <summary>As long as the context has the driver's own connection.</summary>
    private sealed class Swapped : IDisposable
    {
        private readonly IRelationalConnection _connection;
        private readonly ClusterConnection _cluster;
        private readonly SchemaFlow _flow;
        private readonly RelationalOptionsExtension _options;

        public Swapped(IRelationalConnection connection, ClusterConnection cluster, IDbContextOptions options, SchemaFlow flow, DbDataSource primary)
        {
            (_connection, _cluster, _flow, _options) = (connection, cluster, flow, RelationalOptionsExtension.Extract(options));
            Set(primary.CreateConnection(), isOwned: true);
            cluster.Opener.Schema.Native.Value = primary;
            flow.IsRunning = true;
        }

        public void Dispose()
        {
            _flow.IsRunning = false;
            _cluster.Opener.Schema.Native.Value = null;
            if (ReferenceEquals(_options.Connection, _cluster))
            {
                Set(_cluster, _options.IsConnectionOwned);
            }
            else
            {
                // The provider makes the next one as it made the first.
                Set(null, isOwned: true);
            }

            (_connection.DbConnection as ClusterConnection)?.NoteWrite();
        }

        // That a timeout is set to what the options say is not meant.
        private void Set(DbConnection? native, bool isOwned)
        {
            var timeout = _connection.CommandTimeout;
            _connection.SetDbConnection(native, isOwned);
            _connection.CommandTimeout = timeout;
        }
    }
}
