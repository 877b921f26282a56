using ClusterClient.History.Recording;

namespace ClusterClient.History.Workload;

/// <summary>
/// Breaks a law: writes to the node that took the last write, past the library, for as long as it accepts them; the library is asked for
/// another only then. An old primary's writes are lost when it follows the new one. For one client.
/// </summary>
internal sealed class FaithfulToNode(Performer library, DirectNodes nodes) : Performer
{
    private string? _node;

    public override async Task<Operation> PerformAsync(Operation operation, CancellationToken ct)
    {
        var told = _node is null ? await library.PerformAsync(operation, ct) : await DirectAsync(operation, _node, ct);
        _node = told.Outcome == Outcome.Committed ? told.Node : null;
        return told;
    }

    private async Task<Operation> DirectAsync(Operation operation, string node, CancellationToken ct)
    {
        operation = operation with { Node = node, Attempts = 1 };
        var isSent = false;
        try
        {
            await using var connection = await nodes[node].OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            operation = operation with { Read = await Statements.ApplyAsync(connection, operation, ct) };
            isSent = true;
            await transaction.CommitAsync(ct);
            return operation with { Outcome = Outcome.Committed };
        }
        catch (Exception e)
        {
            return isSent ? Judgement.Of(operation, e) : Judgement.BeforeCommit(operation, e);
        }
    }
}
