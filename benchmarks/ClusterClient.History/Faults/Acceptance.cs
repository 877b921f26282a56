using ClusterClient.History.Recording;
using ClusterClient.History.Workload;
using ClusterClient.Testing;
using Npgsql;

namespace ClusterClient.History.Faults;

/// <summary>Finds out when a node accepts writes, by trying one again and again past the library.</summary>
internal static class Acceptance
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <exception cref="TimeoutException">It accepted none in 40 s.</exception>
    public static async Task<DateTimeOffset> WatchAsync(LocalPostgres group, PostgresNode node, RunClock clock)
    {
        // A hung server's port takes connections and answers nothing: these wait for as long as it hangs.
        await using var source = NpgsqlDataSource.Create(
            $"{group.ConnectionString};Host={node.Host};Port={node.DirectPort};Timeout=40;Command Timeout=40;Maximum Pool Size=1;Application Name=watch");
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            try
            {
                await using var command = source.CreateCommand(Schema.TryWrite);
                await command.ExecuteNonQueryAsync(limit.Token);
                return clock.Now;
            }
            catch (Exception e) when (e is NpgsqlException)
            {
                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{node.Name} accepted no write in {Limit.TotalSeconds} s.");
            }
        }
    }
}
