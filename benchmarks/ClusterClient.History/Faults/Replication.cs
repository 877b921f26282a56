using ClusterClient.Testing;

namespace ClusterClient.History.Faults;

/// <summary>Who receives from whom, where <see cref="PostgresNode"/> has no member for it.</summary>
internal static class Replication
{
    private static readonly TimeSpan DetachLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    /// <summary>Has a standby receive from nobody, and returns once it does not: it gets no further then.</summary>
    /// <exception cref="TimeoutException">It still receives after 10 s.</exception>
    public static async Task DetachAsync(PostgresNode standby)
    {
        await standby.ConfigureAsync("primary_conninfo", "");
        using var limit = new CancellationTokenSource(DetachLimit);
        while (await standby.ExecuteAsync("select count(*) from pg_stat_wal_receiver", "postgres", limit.Token) != "0")
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"{standby.Name} still receives.");
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }
}
