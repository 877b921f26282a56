namespace ClusterClient.History.Recording;

/// <summary>All that was recorded in a run. Immutable.</summary>
internal sealed record RunHistory(
    IReadOnlyList<Operation> Operations, IReadOnlyList<FaultRecord> Faults, IReadOnlyList<NamedLoss> Losses, IReadOnlyList<CutCommit> Cuts);
