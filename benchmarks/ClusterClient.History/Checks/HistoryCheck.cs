using ClusterClient.History.CommandLine;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Checks;

/// <summary>Holds a history against what the database has. Pure.</summary>
internal static class HistoryCheck
{
    public static IReadOnlyList<Violation> Run(RunHistory history, FinalState state, ReplicationMode mode)
    {
        var applications = new Applications(state);
        return
        [
            .. LossCheck.Run(history.Operations, applications, history.Losses, mode),
            .. OutcomeCheck.Run(history.Operations, applications),
            .. ExplanationCheck.Run(history.Operations, applications, state),
            .. MoneyCheck.Run(state),
            .. CutCheck.Run(history.Faults),
            .. mode == ReplicationMode.Sync ? ReadCheck.Run(history.Operations, state) : [],
        ];
    }
}
