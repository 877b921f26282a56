using ClusterClient.History.CommandLine;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Checks;

/// <summary>
/// Acknowledged writes that are not there: none with synchronous replication; otherwise those that the reports name and no other. A
/// transaction is named by its label. An ordinary command has none: it has to lie in a range of time that a report gives.
/// </summary>
internal static class LossCheck
{
    public static IEnumerable<Violation> Run(
        IReadOnlyList<Operation> operations, Applications applications, IReadOnlyList<NamedLoss> losses, ReplicationMode mode)
    {
        var labels = losses.SelectMany(l => l.Labels).ToHashSet();
        foreach (var operation in operations.Where(o => o.Outcome == Outcome.Committed))
        {
            var isThere = applications.Of(operation) > 0;
            var isNamed = operation.Label is { } label && labels.Contains(label);
            if (isThere && isNamed)
            {
                yield return new(ViolationKind.NamedButThere, "nothing, as a report says that it is lost", "the write", operation);
            }
            else if (!isThere && mode == ReplicationMode.Sync)
            {
                yield return new(ViolationKind.Lost, "the write that was acknowledged", "nothing", operation);
            }
            else if (!isThere && !isNamed && !(operation.Label is null && IsInRange(operation, losses)))
            {
                yield return new(ViolationKind.LostUnnamed, "the write that was acknowledged, or a report that names it", "neither", operation);
            }
        }
    }

    // It was written some time between its beginning and its end.
    private static bool IsInRange(Operation operation, IReadOnlyList<NamedLoss> losses) =>
        losses.Any(l => operation.Began <= l.To && operation.Ended >= l.From);
}
