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
    internal const int MostQuestions = 1_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Markers are removed after an hour.</summary>
    private static readonly TimeSpan OldestMarker = TimeSpan.FromMinutes(30);

    /// <returns>The answers that there are.</returns>
    public async Task<Dictionary<AcknowledgedCommit, CommitOutcome>> AskAsync(
        ImmutableArray<AcknowledgedCommit> commits, ClusterTopology topology, CancellationToken stop)
    {
        Dictionary<AcknowledgedCommit, CommitOutcome> answers = [];
        if (dialect is null || topology.Primary is not { } primary || !commits.Any(CanAsk))
        {
            return answers;
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var asking = AskAsync(commits, primary.Index, topology, answers, either.Token);
        try
        {
            // A driver does not hear its token while its server hangs.
            await asking.WaitAsync(either.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it was: they stay doubtful, which is what is told of them then.
        catch (Exception e) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.LossQuestionFailed(logger, cluster, primary.Endpoint.Name, e);
            _ = asking.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        lock (answers)
        {
            return new(answers);
        }
    }

    private async Task AskAsync(
        ImmutableArray<AcknowledgedCommit> commits, int node, ClusterTopology topology, Dictionary<AcknowledgedCommit, CommitOutcome> answers, CancellationToken cancellationToken)
    {
        var connection = await nodes[node].Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            foreach (var commit in commits.Reverse().Where(CanAsk).Take(MostQuestions))
            {
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
