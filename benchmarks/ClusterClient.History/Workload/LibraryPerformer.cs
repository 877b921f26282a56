using System.Data;
using ClusterClient.Data;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Workload;

/// <summary>An application as it should be: it sends every operation once, and believes what the library tells it.</summary>
internal sealed class LibraryPerformer(ClusterDataSource source) : Performer
{
    public override Task<Operation> PerformAsync(Operation operation, CancellationToken ct) => operation.Way switch
    {
        OperationWay.Command => CommandAsync(operation, ct),
        OperationWay.Transaction => TransactionAsync(operation, ct),
        _ => ExecuteAsync(operation, ct),
    };

    private async Task<Operation> CommandAsync(Operation operation, CancellationToken ct)
    {
        ClusterConnection connection;
        try
        {
            connection = await source.OpenConnectionAsync(ct);
        }
        catch (Exception e)
        {
            return Judgement.BeforeCommit(operation, e);
        }

        await using (connection)
        {
            try
            {
                await Statements.ApplyAsync(connection, operation, ct);
                return operation with { Outcome = Outcome.Committed, Attempts = 1, Node = connection.NodeName };
            }
            catch (Exception e)
            {
                return Judgement.Of(operation, e);
            }
        }
    }

    private async Task<Operation> TransactionAsync(Operation operation, CancellationToken ct)
    {
        var isSent = false;
        try
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            operation = operation with { Node = connection.NodeName, Attempts = 1 };
            await using var transaction = await connection.BeginTransactionAsync(Isolation(operation), ct);
            operation = operation with { Read = await Statements.ApplyAsync(connection, operation, ct) };
            if (operation.Id % 2 == 0)
            {
                operation = operation with { TransactionId = await Statements.TransactionIdAsync(connection, ct) };
            }

            isSent = true;
            await transaction.CommitAsync(ct);
            return operation with { Outcome = Outcome.Committed };
        }
        catch (Exception e)
        {
            return isSent ? Judgement.Of(operation, e) : Judgement.BeforeCommit(operation, e);
        }
    }

    private async Task<Operation> ExecuteAsync(Operation operation, CancellationToken ct)
    {
        // Of the last attempt: what came before it was not committed, or there would have been no other.
        var isSent = false;
        try
        {
            await source.ExecuteInTransactionAsync(
                async (connection, attempt, token) =>
                {
                    isSent = false;
                    operation = operation with { Node = connection.NodeName, Attempts = attempt.Number };
                    operation = operation with { Read = await Statements.ApplyAsync(connection, operation, token) };
                    isSent = true;
                },
                new() { IsolationLevel = Isolation(operation), Label = operation.Label },
                ct);
            return operation with { Outcome = Outcome.Committed };
        }
        catch (Exception e)
        {
            return isSent ? Judgement.Of(operation, e) : Judgement.BeforeCommit(operation, e);
        }
    }

    private static IsolationLevel Isolation(Operation operation) =>
        operation.IsSerializable ? IsolationLevel.Serializable : IsolationLevel.Unspecified;
}
