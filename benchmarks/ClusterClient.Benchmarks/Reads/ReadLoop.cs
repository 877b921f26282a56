using System.Data.Common;
using System.Diagnostics;

namespace ClusterClient.Benchmarks.Reads;

/// <summary>One of the application's callers: reads, thinks for a moment, reads again.</summary>
internal sealed class ReadLoop(ClusterDataSource source, Random random, TimeSpan think, Action<Read> note, string table = ReadLoop.Table)
{
    public const string Table = "sample";

    /// <summary>About a millisecond of a server's work.</summary>
    private readonly string _query = $"select count(*) from {table}";

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            note(await ReadAsync());
            // Even over twice the mean: callers in step with each other would be a load of their own kind.
            await Task.Delay(2 * random.NextDouble() * think, CancellationToken.None);
        }
    }

    private async Task<Read> ReadAsync()
    {
        var began = Stopwatch.GetTimestamp();
        string? node = null;
        try
        {
            await using var connection = await source.Reads.OpenConnectionAsync();
            node = connection.NodeName;
            await using var command = connection.CreateCommand();
            command.CommandText = _query;
            await command.ExecuteScalarAsync();
            return Ended(hasFailed: false);
        }
        catch (DbException)
        {
            return Ended(hasFailed: true);
        }

        Read Ended(bool hasFailed)
        {
            var ended = Stopwatch.GetTimestamp();
            return new(ended, Stopwatch.GetElapsedTime(began, ended).TotalMilliseconds, node, hasFailed);
        }
    }
}
