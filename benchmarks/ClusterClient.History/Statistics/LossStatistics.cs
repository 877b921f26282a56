using ClusterClient.History.Checks;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Statistics;

/// <summary>What was lost, and what the library's reports made of it.</summary>
internal static class LossStatistics
{
    public static string Describe(RunHistory history, FinalState state)
    {
        var applications = new Applications(state);
        var lost = history.Operations.Where(o => o.Outcome == Outcome.Committed && applications.Of(o) == 0).ToArray();
        var commands = lost.Count(o => o.Way == OperationWay.Command);
        return $"acknowledged and not there: {lost.Length - commands} transactions, {commands} commands; {history.Losses.Count} reports name "
            + $"{history.Losses.Sum(l => l.Lost.Count)} transactions as lost and {history.Losses.Sum(l => l.Doubtful.Count)} as perhaps lost, and count "
            + $"{history.Losses.Sum(l => l.Commands)} commands that may be";
    }
}
