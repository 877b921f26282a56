using ClusterClient.History.Recording;

namespace ClusterClient.History.Checks;

/// <summary>Everything that is there was written by an operation, where and as it said.</summary>
internal static class ExplanationCheck
{
    public static IEnumerable<Violation> Run(IReadOnlyList<Operation> operations, Applications applications, FinalState state)
    {
        foreach (var (kind, id) in applications.Others(operations))
        {
            yield return new(ViolationKind.Unexplained, "only what operations wrote", $"number {id} where {kind} writes");
        }

        var transfers = operations.Where(o => o.Kind == OperationKind.Transfer).ToDictionary(o => o.Id);
        foreach (var row in state.Transfers)
        {
            if (transfers.GetValueOrDefault(row.Id) is { } operation && (row.From, row.To, row.Amount) != (operation.From, operation.To, operation.Amount))
            {
                yield return new(
                    ViolationKind.Unexplained, $"{operation.Amount} from {operation.From} to {operation.To}", $"{row.Amount} from {row.From} to {row.To}", operation);
            }
        }

        var appends = operations.Where(o => o.Kind == OperationKind.Append).ToDictionary(o => o.Id);
        foreach (var (list, element) in state.Lists.SelectMany(l => l.Value.Select(e => (l.Key, e))))
        {
            if (appends.GetValueOrDefault(element) is { } operation && operation.List != list)
            {
                yield return new(ViolationKind.Unexplained, $"the element in list {operation.List}", $"it in list {list}", operation);
            }
        }
    }
}
