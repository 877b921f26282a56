using ClusterClient.Benchmarks.Overhead;

namespace ClusterClient.Benchmarks.Transactions;

/// <summary>Takes a connection, runs a transaction on it, gives it back.</summary>
internal sealed class TransactionCycle(Func<Task<Entrant>> create, bool async) : Contender(create)
{
    public override async Task RunAsync(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            if (async)
            {
                await using var connection = await Source.OpenConnectionAsync();
                await using var transaction = await connection.BeginTransactionAsync();
                await Transfer.RunAsync(connection, transaction);
                await transaction.CommitAsync();
            }
            else
            {
                using var connection = Source.OpenConnection();
                using var transaction = connection.BeginTransaction();
                Transfer.Run(connection, transaction);
                transaction.Commit();
            }
        }
    }
}
