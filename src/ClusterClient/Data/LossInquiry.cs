using System.Collections.Immutable;
using System.Data.Common;
using ClusterClient.Consistency;
using ClusterClient.Diagnostics;
using ClusterClient.Drivers;
using ClusterClient.Health;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>
/// Asks a new primary which of these commits it has: one after the other over one connection, newest first, because those are the ones that a
/// failover loses. What is not answered in time, or is too much to ask, stays open.
/// </summary>
internal sealed class LossInquiry(
    string cluster, ImmutableArray<ClusterNode> nodes, CommitDialect? dialect, HealthClock clock, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Markers are removed after an hour.</summary>
    private static readonly TimeSpan OldestMarker = TimeSpan.FromMinutes(30);

    /// <summary>Whether that is the history of the primary that there is.</summary>
    public static bool IsPresent(History history, ClusterTopology topology) =>
        topology.Primary is { } primary && new History(primary.Epoch, primary.Index) == history;

    /// <param name="suspects">Of whose doubtful commits it is asked, as long as their new history is the present one.</param>
    /// <param name="current">Gives the newest snapshot.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The answers that there are.</returns>
    public async Task<Dictionary<AcknowledgedCommit, CommitOutcome>> AskAsync(Suspects suspects, Func<ClusterTopology> current, CancellationToken stop)
    {
        Dictionary<AcknowledgedCommit, CommitOutcome> answers = [];
        if (dialect is null || !suspects.Doubtful.Any(CanAsk))
        {
            return answers;
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        while (!either.IsCancellationRequested && IsPresent(suspects.To, current()))
        {
            var asking = AskAsync(suspects, current(), answers, either.Token);
            // One that is given up fails later, and nobody is there to see it.
            _ = asking.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            try
            {
                // A driver does not hear its token while its server hangs.
                await asking.WaitAsync(either.Token).ConfigureAwait(false);
                break;
            }
#pragma warning disable CA1031 // Whatever it was, it is tried again; what has no answer in the end stays doubtful, and that is told of it.
            catch (Exception e) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.LossQuestionFailed(logger, cluster, nodes[suspects.To.Node].Endpoint.Name, e);
                await Task.Delay(Pause, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        lock (answers)
        {
            return new(answers);
        }
    }

    private async Task AskAsync(
        Suspects suspects, ClusterTopology topology, Dictionary<AcknowledgedCommit, CommitOutcome> answers, CancellationToken cancellationToken)
    {
        var connection = await nodes[suspects.To.Node].Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            foreach (var commit in suspects.Doubtful.Reverse().Where(CanAsk))
            {
                lock (answers)
                {
                    if (answers.ContainsKey(commit))
                    {
                        continue;
                    }
                }

                cancellationToken.ThrowIfCancellationRequested();
                var outcome = await AskAsync(connection, commit, topology, cancellationToken).ConfigureAwait(false);
                lock (answers)
                {
                    answers[commit] = outcome;
                }
            }
        }
    }

    private async Task<CommitOutcome> AskAsync(
        DbConnection connection, AcknowledgedCommit commit, ClusterTopology topology, CancellationToken cancellationToken)
    {
        var question = connection.CreateCommand();
        await using (question.ConfigureAwait(false))
        {
            if (commit.Marker is { } marker)
            {
                dialect!.TakeMarker(question, marker);
            }
            else
            {
                dialect!.Ask(question, commit.Mark!);
            }

            var row = await question.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                return commit.Marker is null ? CommitRule.Judge(commit.Mark!, dialect.ReadAnswer(row), topology.Memory.CertainForks).Outcome
                    : row.GetBoolean(0) ? CommitOutcome.Committed
                    : CommitOutcome.NotCommitted;
            }
        }
    }

    private bool CanAsk(AcknowledgedCommit commit) =>
        commit.Marker is null ? commit.Mark is not null : clock.Now - commit.At < OldestMarker.TotalMicroseconds;
}
