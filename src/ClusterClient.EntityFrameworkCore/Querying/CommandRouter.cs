using System.Data.Common;
using ClusterClient.Data;
using ClusterClient.EntityFrameworkCore.Saving;
using ClusterClient.Routing;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ClusterClient.EntityFrameworkCore.Querying;

/// <summary>Says of every command where it is to run and whether it writes, and tells the strategy that runs of those that may have written.</summary>
internal sealed class CommandRouter : DbCommandInterceptor
{
    /// <inheritdoc/>
    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        if (result is ClusterCommand command && eventData.CommandSource is CommandSource.LinqQuery or CommandSource.FromSqlQuery)
        {
            Route(command, eventData.CommandSource == CommandSource.LinqQuery);
        }

        return result;
    }

    /// <inheritdoc/>
    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        Done(command);
        return result;
    }

    /// <inheritdoc/>
    public override ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        Done(command);
        return new(result);
    }

    /// <inheritdoc/>
    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        Done(command);
        return result;
    }

    /// <inheritdoc/>
    public override ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Done(command);
        return new(result);
    }

    /// <inheritdoc/>
    public override object? ScalarExecuted(DbCommand command, CommandExecutedEventData eventData, object? result)
    {
        Done(command);
        return result;
    }

    /// <inheritdoc/>
    public override ValueTask<object?> ScalarExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, object? result, CancellationToken cancellationToken = default)
    {
        Done(command);
        return new(result);
    }

    /// <inheritdoc/>
    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) => Failed(command, eventData.Exception);

    /// <inheritdoc/>
    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Failed(command, eventData.Exception);
        return Task.CompletedTask;
    }

    // SQL of the application's own may write, whatever it looks like, unless it is sent where that is impossible.
    private static void Route(ClusterCommand command, bool isLinq)
    {
        var isForReplica = QueryTag.IsForReplica(command.CommandText) == true;
        if (isForReplica && command.Connection is ClusterConnection { Intent: RouteIntent.Write })
        {
            throw new InvalidOperationException(
                "A query is to run on a replica, and its context was given a connection for writing: give UseNpgsql the ClusterDataSource itself, or a connection of its Auto.");
        }

        (command.Intent, command.IsReadOnly) = (isForReplica ? RouteIntent.Read : null, isForReplica || isLinq);
    }

    private static void Done(DbCommand command)
    {
        if (MayWrite(command))
        {
            ClusterExecutionStrategy.Running?.MayHaveWritten();
        }
    }

    private static void Failed(DbCommand command, Exception exception)
    {
        if (MayWrite(command) && CallFault.Of(exception) is not { MayHaveBeenApplied: false })
        {
            ClusterExecutionStrategy.Running?.MayHaveWritten();
        }
    }

    // What is in a transaction is not done before that is committed.
    private static bool MayWrite(DbCommand command) => command is { Transaction: null } and not ClusterCommand { IsReadOnly: true };
}
