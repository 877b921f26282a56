using ClusterClient.History.Recording;

namespace ClusterClient.History.Checks;

/// <summary>
/// What clients were told holds: committed is there once, not committed is not there, unknown at most once. What <see cref="LossCheck"/>
/// judges, acknowledged writes that are not there, is left to it.
/// </summary>
internal static class OutcomeCheck
{
    public static IEnumerable<Violation> Run(IReadOnlyList<Operation> operations, Applications applications)
    {
        foreach (var operation in operations)
        {
            var count = applications.Of(operation);
            if (count > 1)
            {
                yield return new(ViolationKind.AppliedTwice, "at most one application", $"{count}", operation);
            }
            else if (count == 1 && operation.Outcome == Outcome.NotCommitted)
            {
                yield return new(ViolationKind.NotCommittedButThere, "nothing, as the client was told", "the write", operation);
            }
        }
    }
}
