using System.Collections.Immutable;
using ClusterClient.Consistency;
using ClusterClient.Diagnostics;
using ClusterClient.Health;
using ClusterClient.Topology;
using Microsoft.Extensions.Logging;

namespace ClusterClient.Data;

/// <summary>After each failover, finds out what of that which was acknowledged to this process is lost or may be, and has it told.</summary>
internal sealed class LossWatch(
    string cluster, CommitLedger ledger, LossInquiry inquiry, TopologyMonitor monitor, EventTeller teller, ClusterMeter meter, HealthClock clock, TimeProvider time, ILogger logger)
{
    /// <summary>Follows the topology from this snapshot on, until stopped or no more come.</summary>
    public Task RunAsync(ClusterTopology from, CancellationToken stop)
    {
        // The loop outlives the call that builds the data source: its activity and its locals must not travel along.
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        return FollowAsync(from, stop);
    }

    private async Task FollowAsync(ClusterTopology topology, CancellationToken stop)
    {
        ledger.Follow(topology);
        while (!stop.IsCancellationRequested)
        {
            var late = ledger.Late.Arm();
            try
            {
                if (!topology.Next.IsCompleted)
                {
                    await JudgeAsync(stop).ConfigureAwait(false);
                }

                using var either = CancellationTokenSource.CreateLinkedTokenSource(late, stop);
                var next = await topology.Next.WaitAsync(either.Token).ConfigureAwait(false);
                if (next == topology)
                {
                    return;
                }

                topology = next;
                ledger.Follow(topology);
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested || stop.IsCancellationRequested)
            {
                // There is more to judge, or nothing any more.
            }
#pragma warning disable CA1031 // Whatever went wrong with one failover must not keep the next one from being looked into.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.LossWatchFault(logger, cluster, e);
            }
        }
    }

    /// <summary>Judges all that there is to judge now.</summary>
    public async Task JudgeAsync(CancellationToken stop)
    {
        foreach (var suspects in ledger.Take())
        {
            var answers = await inquiry.AskAsync(suspects, () => monitor.Current, stop).ConfigureAwait(false);
            ledger.Clear(suspects.Doubtful.Where(c => answers.GetValueOrDefault(c) == CommitOutcome.Committed), suspects);
            var open = suspects with
            {
                Lost = [.. suspects.Lost.Concat(suspects.Doubtful.Where(c => answers.GetValueOrDefault(c) == CommitOutcome.NotCommitted)).OrderBy(c => c.At)],
                Doubtful = [.. suspects.Doubtful.Where(c => answers.GetValueOrDefault(c) == CommitOutcome.Unknown)],
            };
            var topology = monitor.Current;
            if (open.IsEmpty)
            {
                Log.NothingLost(logger, cluster, topology.Nodes[suspects.To.Node].Endpoint.Name, suspects.To.Epoch, answers.Count);
            }
            else if (!LossInquiry.IsPresent(suspects.To, topology) && open.Doubtful.Any(c => c.CanBeAskedFor && !answers.ContainsKey(c)))
            {
                ledger.Return(open);
            }
            else
            {
                Tell(open);
            }
        }
    }

    private void Tell(Suspects suspects)
    {
        var topology = monitor.Current;
        var report = Report(suspects, topology);
        if (suspects.IsSynchronous && suspects.Lost.IsEmpty)
        {
            Log.WritesHardlyLost(logger, cluster, LossSentence.Of(report));
            return;
        }

        meter.CommitsLost(report.Lost.Length, report.DoubtfulCommits.Length + report.DoubtfulWrites);
        teller.Post(new(TopologyEventKind.WritesLost, LossSentence.Of(report), topology.Nodes[suspects.To.Node], topology) { Loss = report });
    }

    private LossReport Report(Suspects suspects, ClusterTopology topology) => new()
    {
        Cluster = cluster,
        FromEpoch = suspects.From.Epoch,
        ToEpoch = suspects.To.Epoch,
        Successor = topology.Nodes[suspects.To.Node].Endpoint.Name,
        ForkedAt = suspects.Reach.Limit,
        IsForkCertain = suspects.Reach.Limit is not null && suspects.Reach.Limit == suspects.Reach.Proven,
        LastAcknowledged = suspects.LastAcknowledged,
        WasSynchronous = suspects.IsSynchronous,
        Lost = [.. suspects.Lost.Select(c => Commit(c, topology))],
        DoubtfulCommits = [.. suspects.Doubtful.Select(c => Commit(c, topology))],
        DoubtfulWrites = suspects.Writes,
        FirstAt = suspects.Writes == 0 ? null : WallTime(suspects.FirstAt),
        LastAt = suspects.Writes == 0 ? null : WallTime(suspects.LastAt),
    };

    private static LostCommit Commit(AcknowledgedCommit commit, ClusterTopology topology) => new()
    {
        AcknowledgedAt = commit.WallTime,
        Node = topology.Nodes[commit.History.Node].Endpoint.Name,
        Position = commit.Position,
        TransactionId = commit.Mark?.Id,
        Marker = commit.Marker,
        Label = commit.Label,
    };

    private DateTimeOffset WallTime(long at) => time.GetUtcNow() - TimeSpan.FromMicroseconds(clock.Now - at);
}
