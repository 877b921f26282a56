using System.Data.Common;
using ClusterClient.Benchmarks.Overhead;

namespace ClusterClient.Benchmarks.Transactions;

/// <summary>A new transaction each time, on a connection that stays open.</summary>
internal sealed class TransactionOnly(Func<Task<Entrant>> create, bool async) : Contender(create)
{
    private DbConnection? _connection;

    public override async Task RenewAsync()
    {
        await base.RenewAsync();
        _connection = await Source.OpenConnectionAsync();
    }

    public override async Task RunAsync(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            if (async)
            {
                await using var transaction = await _connection!.BeginTransactionAsync();
                await Transfer.RunAsync(_connection, transaction);
                await transaction.CommitAsync();
            }
            else
            {
                using var transaction = _connection!.BeginTransaction();
                Transfer.Run(_connection, transaction);
                transaction.Commit();
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        await base.DisposeAsync();
    }
}
