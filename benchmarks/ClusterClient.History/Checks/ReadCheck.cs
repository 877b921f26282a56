using ClusterClient.History.Recording;

namespace ClusterClient.History.Checks;

/// <summary>
/// What a transaction that committed saw of a list is how the list began: elements are only ever appended. A serializable one has appended
/// right behind what it saw. Holds only where nothing is lost.
/// </summary>
internal static class ReadCheck
{
    public static IEnumerable<Violation> Run(IReadOnlyList<Operation> operations, FinalState state)
    {
        foreach (var operation in operations.Where(o => o is { Outcome: Outcome.Committed, Read: not null }))
        {
            var (count, last) = operation.Read!;
            var list = state.Lists.GetValueOrDefault(operation.List) ?? [];
            if (count > list.Count || (count > 0 && list[count - 1] != last))
            {
                yield return new(
                    ViolationKind.ReadWrong, $"{last} as element {count}, as it was read", count > list.Count ? $"{list.Count} elements" : $"{list[count - 1]}", operation);
            }
            else if (operation.IsSerializable && list.Contains(operation.Id) && (count == list.Count || list[count] != operation.Id))
            {
                yield return new(
                    ViolationKind.ReadWrong, $"it right behind the {count} elements that were read", count == list.Count ? "the list's end there" : $"{list[count]} there", operation);
            }
        }
    }
}
