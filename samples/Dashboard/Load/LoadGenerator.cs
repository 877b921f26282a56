using System.Data.Common;
using ClusterClient;
using ClusterClient.Data;
using Dashboard.Servers;
using Npgsql;

namespace Dashboard.Load;

/// <summary>Something to see: writers, readers, and readers that speak for users in the other region.</summary>
internal sealed class LoadGenerator(ClusterDataSource cluster, CallLog calls, Action<TimeSpan> writesResumed)
{
    public const string TableSql = "create table orders (id bigserial primary key, item text not null)";

    private const int Writers = 4;
    private const int Readers = 6;
    private const int ReadersElsewhere = 3;

    /// <summary>Worth telling: longer than the rhythm of the writers.</summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public Task RunAsync(CancellationToken stop)
    {
        var elsewhere = cluster.Reads.ForRegion(Places.Elsewhere);
        return Task.WhenAll(
        [
            .. Repeat(Writers, () => WriteAsync(stop)),
            .. Repeat(Readers, () => ReadAsync(cluster.Reads, stop)),
            .. Repeat(ReadersElsewhere, () => ReadAsync(elsewhere, stop)),
        ]);

        IEnumerable<Task> Repeat(int count, Func<Task> call) => Enumerable.Range(0, count).Select(_ => RepeatAsync(call, stop));
    }

    private async Task RepeatAsync(Func<Task> call, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await call();
            }
            catch (Exception e) when (e is DbException or OperationCanceledException or ObjectDisposedException)
            {
                // An application would have seen it, unless this is the end.
                if (!stop.IsCancellationRequested)
                    calls.Failed();
            }

            await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var db = await cluster.OpenConnectionAsync(stop);
        await using var insert = db.CreateCommand();
        insert.CommandText = "insert into orders (item) values ($1)";
        insert.Parameters.Add(new NpgsqlParameter { Value = "tea" });
        await insert.ExecuteNonQueryAsync(stop);
        var gap = calls.Add(new(db.NodeName!, IsRead: false, TimeProvider.System.GetElapsedTime(started)));
        if (gap > Standstill)
            writesResumed(gap);
    }

    private async Task ReadAsync(ClusterDataSourceView reads, CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var db = await reads.OpenConnectionAsync(stop);
        await using var latest = db.CreateCommand();
        latest.CommandText = "select max(id) from orders";
        await latest.ExecuteScalarAsync(stop);
        calls.Add(new(db.NodeName!, IsRead: true, TimeProvider.System.GetElapsedTime(started)));
    }
}
