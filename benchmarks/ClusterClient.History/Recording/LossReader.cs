using System.Collections.Immutable;
using ClusterClient.Topology;

namespace ClusterClient.History.Recording;

/// <summary>Takes down what the library reports as lost.</summary>
internal static class LossReader
{
    public static void Read(TopologyEvent happened, Recorder recorder)
    {
        if (happened.Loss is { } report)
        {
            recorder.Add(new NamedLoss
            {
                Lost = Named(report.Lost),
                Doubtful = Named(report.DoubtfulCommits),
                Commands = report.DoubtfulWrites,
                From = report.FirstAt,
                To = report.LastAt,
            });
        }
    }

    private static NamedTransaction[] Named(ImmutableArray<LostCommit> commits) =>
        [.. commits.Select(c => new NamedTransaction(c.Label, c.TransactionId, c.Node, c.AcknowledgedAt))];
}
