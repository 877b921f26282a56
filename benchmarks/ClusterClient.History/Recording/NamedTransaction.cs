namespace ClusterClient.History.Recording;

/// <summary>A transaction as a report of losses names it.</summary>
/// <param name="Label">The application's name for it; null where it has none.</param>
/// <param name="Id">The server's name for it; null where that was not asked for. Another server may use it again.</param>
/// <param name="Node">Where it was committed.</param>
/// <param name="At">When that was acknowledged.</param>
internal sealed record NamedTransaction(string? Label, string? Id, string Node, DateTimeOffset At)
{
    // The recorder and the library read the time of day at different moments.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether it is this operation, for certain or, where it has no name of its own, as far as time and place tell.</summary>
    public bool MayBe(Operation operation) => Label is not null && operation.Label is not null
        ? Label == operation.Label
        : operation.Way != OperationWay.Command && Node == operation.Node
            && At >= operation.Began - Tolerance && At <= operation.Ended + Tolerance
            && (Id is null || operation.TransactionId is null || Id == operation.TransactionId);

    /// <summary>Whether it is this operation and no other.</summary>
    public bool IsCertainly(Operation operation) => MayBe(operation)
        && ((Label is not null && operation.Label is not null) || (Id is not null && operation.TransactionId is not null));
}
