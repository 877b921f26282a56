using ClusterClient.History.Recording;

namespace ClusterClient.History.Checks;

/// <summary>All transactions that reports name, to look operations up among.</summary>
internal sealed class LossNames(IReadOnlyList<NamedLoss> losses)
{
    private readonly ILookup<string, NamedTransaction> _lost = losses.SelectMany(l => l.Lost).ToLookup(Key);
    private readonly ILookup<string, NamedTransaction> _doubtful = losses.SelectMany(l => l.Doubtful).ToLookup(Key);

    /// <summary>Whether a report says without a doubt that it is lost.</summary>
    public bool IsCertainlyLost(Operation operation) => Of(_lost, operation).Any(t => t.IsCertainly(operation));

    /// <summary>Whether a report names it, be it as one that may be lost.</summary>
    public bool MayBeLost(Operation operation) => Of(_lost, operation).Concat(Of(_doubtful, operation)).Any(t => t.MayBe(operation));

    // By what can be equal only: a label, or the place of those that have none.
    private static string Key(NamedTransaction transaction) => transaction.Label ?? $"at {transaction.Node}";

    private static IEnumerable<NamedTransaction> Of(ILookup<string, NamedTransaction> names, Operation operation) =>
        names[operation.Label ?? ""].Concat(names[$"at {operation.Node}"]);
}
