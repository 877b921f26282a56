using ClusterClient.History.Checks;
using ClusterClient.History.Recording;

namespace ClusterClient.History;

/// <summary>What a run brought.</summary>
internal sealed record HistoryResult(RunHistory History, FinalState State, IReadOnlyList<Violation> Violations)
{
    public override string ToString() => $"history: {History.Operations.Count} operations, {History.Faults.Count} faults, {Violations.Count} violations";
}
