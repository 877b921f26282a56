using ClusterClient.Benchmarks.Overhead;

namespace ClusterClient.Benchmarks.Transactions;

/// <summary>The cluster runs the transaction as a whole, on a connection that it takes for it and gives back.</summary>
internal sealed class WholeTransaction(Func<Task<Entrant>> create, bool async) : Contender(create)
{
    public override async Task RunAsync(int operations)
    {
        var cluster = (ClusterDataSource)Source;
        for (var i = 0; i < operations; i++)
        {
            if (async)
            {
                await cluster.ExecuteInTransactionAsync(static (connection, caller) => Transfer.RunAsync(connection, null, caller));
            }
            else
            {
                cluster.ExecuteInTransaction(static connection => Transfer.Run(connection, null));
            }
        }
    }
}
