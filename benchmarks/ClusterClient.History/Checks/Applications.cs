using ClusterClient.History.Recording;

namespace ClusterClient.History.Checks;

/// <summary>How often each operation's number is in the database, in the place that its kind writes to.</summary>
internal sealed class Applications
{
    private readonly Dictionary<OperationKind, Dictionary<long, int>> _counts;

    public Applications(FinalState state) => _counts = new()
    {
        [OperationKind.Append] = state.Lists.Values.SelectMany(e => e).CountBy(id => id).ToDictionary(),
        [OperationKind.Transfer] = state.Transfers.CountBy(t => t.Id).ToDictionary(),
        [OperationKind.Row] = state.Rows.CountBy(id => id).ToDictionary(),
        [OperationKind.Upsert] = state.Upserts.CountBy(id => id).ToDictionary(),
    };

    public int Of(Operation operation) => _counts[operation.Kind].GetValueOrDefault(operation.Id);

    /// <summary>What is there under numbers that none of these operations has.</summary>
    public IEnumerable<(OperationKind Kind, long Id)> Others(IEnumerable<Operation> operations)
    {
        var known = operations.Select(o => (o.Kind, o.Id)).ToHashSet();
        return from kind in _counts
               from id in kind.Value.Keys
               where !known.Contains((kind.Key, id))
               select (kind.Key, id);
    }
}
