using System.Data.Common;

namespace ClusterClient.Benchmarks.Overload;

/// <summary>One request: open, call, close.</summary>
internal static class Calls
{
    public static async Task RunAsync(DbDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = LimitedServer.Call;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>As many an application does it: another attempt after each failure, at once, each with the same time.</summary>
    public static async Task RetryNaivelyAsync(DbDataSource source, int attempts, TimeSpan limit, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(limit);
            try
            {
                await RunAsync(source, patience.Token);
                return;
            }
            catch (Exception e) when (e is DbException or OperationCanceledException or TimeoutException
                && attempt < attempts && !cancellationToken.IsCancellationRequested)
            {
            }
        }
    }
}
