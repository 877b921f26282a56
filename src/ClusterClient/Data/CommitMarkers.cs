using ClusterClient.Diagnostics;

namespace ClusterClient.Data;

/// <summary>The table of markers that commits leave behind, and the loop that removes those that nobody asks for any more.</summary>
/// <param name="writes">Where the table is.</param>
/// <param name="opener">The data source's.</param>
/// <param name="random">The loop's own.</param>
internal sealed class CommitMarkers(ClusterDataSourceView writes, ConnectionOpener opener, Random random)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>Much longer than anybody asks for an outcome, whose deadline is what an open may take.</summary>
    private TimeSpan Age => TimeSpan.FromHours(1) + (2 * opener.Limits.FailoverTimeout);

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        var connection = await writes.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var create = connection.CreateCommand();
            await using (create.ConfigureAwait(false))
            {
                (create.CommandText, create.IsIdempotent) = (opener.Driver.Commits!.CreateMarkers, true);
                await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends when it is stopped. Processes that share the table take turns by chance; one is enough.</summary>
    /// <param name="started">Completes when the data source has come into use.</param>
    /// <param name="stop">Stops it.</param>
    public async Task RunAsync(Task started, CancellationToken stop)
    {
        try
        {
            await started.WaitAsync(stop).ConfigureAwait(false);
            while (true)
            {
                await Task.Delay(Interval * (0.5 + random.NextDouble()), opener.Time, stop).ConfigureAwait(false);
                try
                {
                    await PruneAsync(stop).ConfigureAwait(false);
                }
#pragma warning disable CA1031 // The next round tries again; markers that stay longer do no harm.
                catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    Log.MarkersNotPruned(opener.Logger, opener.Cluster, e);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task PruneAsync(CancellationToken stop)
    {
        var connection = await writes.OpenConnectionAsync(stop).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var prune = connection.CreateCommand();
            await using (prune.ConfigureAwait(false))
            {
                // Markers grow with time.
                opener.Driver.Commits!.PruneMarkers(prune, Guid.CreateVersion7(opener.Time.GetUtcNow() - Age));
                await prune.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
            }
        }
    }
}
