using System.Data.Common;

namespace ClusterClient.Benchmarks.Overhead;

/// <summary>A new command each time, on a connection that stays open.</summary>
internal sealed class CommandOnly(Func<Task<Entrant>> create, bool async, CancellationToken caller = default) : Contender(create)
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
                await using var command = _connection!.CreateCommand();
                command.CommandText = "SELECT 1";
                await command.ExecuteScalarAsync(caller);
            }
            else
            {
                using var command = _connection!.CreateCommand();
                command.CommandText = "SELECT 1";
                command.ExecuteScalar();
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
