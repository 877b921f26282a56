using ClusterClient.Data;
using ClusterClient.History.Recording;
using Npgsql;

namespace ClusterClient.History.Workload;

/// <summary>
/// Breaks a law: decides what became of a commit by the status of its transaction id alone, on whichever server is primary then. One that
/// never had the transaction gives the same id to another, and tells how that one went.
/// </summary>
internal sealed class TrustedStatus(ClusterDataSource source, Performer commands) : Performer
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public override async Task<Operation> PerformAsync(Operation operation, CancellationToken ct)
    {
        if (operation.Way == OperationWay.Command)
        {
            return await commands.PerformAsync(operation, ct);
        }

        string? id = null;
        var isSent = false;
        try
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            operation = operation with { Node = connection.NodeName, Attempts = 1 };
            await using var transaction = await connection.BeginTransactionAsync(ct);
            operation = operation with { Read = await Statements.ApplyAsync(connection, operation, ct) };
            id = await Statements.TransactionIdAsync(connection, ct);
            isSent = true;
            await transaction.CommitAsync(ct);
            return operation with { Outcome = Outcome.Committed };
        }
        catch (Exception e)
        {
            return isSent
                ? Judgement.Of(operation, e) with { Outcome = await StatusAsync(id!, ct) }
                : Judgement.BeforeCommit(operation, e);
        }
    }

    private async Task<Outcome> StatusAsync(string id, CancellationToken ct)
    {
        for (var since = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(since) < Limit;)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(ct);
                switch (await ScalarAsync(connection, $"SELECT pg_xact_status('{id}'::xid8)", ct) as string)
                {
                    case "committed":
                        return Outcome.Committed;
                    case "aborted":
                        return Outcome.NotCommitted;
                    default:
                        break;
                }
            }
            catch (Exception e) when (e is NpgsqlException or ClusterClient.Routing.ClusterUnavailableException)
            {
                // Lost again, or a server that has not got as far as this id.
            }

            await Task.Delay(Pause, ct);
        }

        return Outcome.Unknown;
    }

    private static async Task<object?> ScalarAsync(ClusterConnection connection, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(ct);
    }
}
