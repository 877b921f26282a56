namespace ClusterClient.Benchmarks.Overhead;

/// <summary>Takes a connection, asks one thing on it, gives it back.</summary>
internal sealed class OpenCycle(Func<Task<Entrant>> create, bool async, CancellationToken caller = default) : Contender(create)
{
    public override async Task RunAsync(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            if (async)
            {
                await using var connection = await Source.OpenConnectionAsync(caller);
                await using var command = connection.CreateCommand();
                command.CommandText = "SELECT 1";
                await command.ExecuteScalarAsync(caller);
            }
            else
            {
                using var connection = Source.OpenConnection();
                using var command = connection.CreateCommand();
                command.CommandText = "SELECT 1";
                command.ExecuteScalar();
            }
        }
    }
}
