using ClusterClient.History.CommandLine;
using ClusterClient.History.Recording;

namespace ClusterClient.History.Checks;

/// <summary>
/// Acknowledged writes that are not there: none with synchronous replication; otherwise those that the reports name and no other. A
/// transaction is named by its label, or by its id, place and time. An ordinary command has no name: it has to lie in a range of time that a
/// report gives, and there must be no more of them than the reports count.
/// </summary>
internal static class LossCheck
{
    // Reports tell about when.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    public static IEnumerable<Violation> Run(
        IReadOnlyList<Operation> operations, Applications applications, IReadOnlyList<NamedLoss> losses, ReplicationMode mode)
    {
        var names = new LossNames(losses);
        var commands = 0;
        foreach (var operation in operations.Where(o => o.Outcome == Outcome.Committed))
        {
            if (applications.Of(operation) > 0)
            {
                if (names.IsCertainlyLost(operation))
                {
                    yield return new(ViolationKind.NamedButThere, "nothing, as a report says that it is lost", "the write", operation);
                }
            }
            else if (mode == ReplicationMode.Sync)
            {
                yield return new(ViolationKind.Lost, "the write that was acknowledged", "nothing", operation);
            }
            else if (operation.Way == OperationWay.Command ? !IsInRange(operation, losses) : !names.MayBeLost(operation))
            {
                yield return new(ViolationKind.LostUnnamed, "the write that was acknowledged, or a report that names it", "neither", operation);
            }
            else if (operation.Way == OperationWay.Command)
            {
                commands++;
            }
        }

        if (mode == ReplicationMode.Sync)
        {
            foreach (var loss in losses)
            {
                yield return new(ViolationKind.FalseAlarm, "no report, as nothing can be lost", $"{loss}");
            }
        }

        var counted = losses.Sum(l => l.Commands);
        if (commands > counted)
        {
            yield return new(ViolationKind.LostUnnamed, $"as many lost commands as the reports count, {counted} at most", $"{commands}");
        }
    }

    // It was acknowledged some time between its beginning and its end.
    private static bool IsInRange(Operation operation, IReadOnlyList<NamedLoss> losses) =>
        losses.Any(l => operation.Began <= l.To + Tolerance && operation.Ended >= l.From - Tolerance);
}
