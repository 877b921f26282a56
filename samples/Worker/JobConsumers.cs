using System.Data.Common;
using ClusterClient;
using ClusterClient.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Worker;

/// <summary>
/// Consumers that take job after job until none is left. To take a job, to do it and to note its result is one transaction, so that
/// it is done once, whatever happens to the server meanwhile.
/// </summary>
internal sealed partial class JobConsumers(ClusterDataSource orders, IHostApplicationLifetime host, ILogger<JobConsumers> logger)
    : BackgroundService
{
    private const int Consumers = 4;

    private static readonly TimeSpan WorkOnOneJob = TimeSpan.FromMilliseconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(Enumerable.Range(1, Consumers).Select(consumer => ConsumeAsync(consumer, stoppingToken)));
        host.StopApplication();
    }

    private async Task ConsumeAsync(int consumer, CancellationToken ct)
    {
        for (var hasMore = true; hasMore;)
        {
            try
            {
                hasMore = await orders.ExecuteInTransactionAsync((db, token) => DoOneAsync(db, consumer, token), cancellationToken: ct);
            }
            catch (DbException e)
            {
                // The job is still in the queue, or its result is noted: either way there is nothing to do but to go on.
                LogSetBack(e, consumer, CallFault.Of(e)?.Fault.Kind.ToString() ?? e.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
            }
        }
    }

    /// <summary>May run several times for one job, and only the last run counts: what it does outside of the database must bear that.</summary>
    /// <returns>Whether there was a job.</returns>
    private static async Task<bool> DoOneAsync(ClusterConnection db, int consumer, CancellationToken ct)
    {
        await using var take = db.CreateCommand();
        take.CommandText = "SELECT id FROM jobs ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED";
        if (await take.ExecuteScalarAsync(ct) is not int job)
            return false;

        await Task.Delay(WorkOnOneJob, ct);

        await using var finish = db.CreateCommand();
        finish.CommandText = $"INSERT INTO results VALUES ({job}, {consumer}); DELETE FROM jobs WHERE id = {job}";
        await finish.ExecuteNonQueryAsync(ct);
        return true;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Consumer {Consumer} met a {Kind}, and goes on in a second.")]
    private partial void LogSetBack(Exception exception, int consumer, string kind);
}
